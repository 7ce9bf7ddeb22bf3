"""Which paths lead somewhere inside Plaza."""

from __future__ import annotations

from urllib.parse import urlsplit


def inside(target: str | None) -> str:
    """Return a target on this site, empty for none or for one that leads away."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return ""
    parts = urlsplit(target)
    return "" if parts.scheme or parts.netloc else target
