"""Plaza: a small social network that embeds Spaces as a customer would; ``extensions.py`` is the embedding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app"]


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """Return Plaza, configured from the environment (see ``settings.py``); ``settings`` wins over it."""
    # Only now: whoever imports ``host_app.wsgi`` imports this package first, and patching must come before Flask.
    from .factory import assemble

    return assemble(settings or {})
