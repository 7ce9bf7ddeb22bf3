"""Puts Plaza together."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from . import blueprints, errors, extensions, metrics, moderation, notices, page, push, voices
from .fleets.command import fleets_command
from .seed import seed_command
from .settings import read_settings


def assemble(settings: Mapping[str, object]) -> Flask:
    """Return the app with its extensions, pages and commands."""
    app = Flask("host_app")
    app.config.update(read_settings(settings))
    extensions.init_app(app)
    moderation.init_app(app)
    notices.init_app(app)
    push.init_app(app)
    voices.init_app(app)
    page.init_app(app)
    blueprints.init_app(app)
    metrics.init_app(app)
    errors.init_app(app)
    app.cli.add_command(seed_command)
    app.cli.add_command(fleets_command)
    return app
