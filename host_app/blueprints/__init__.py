"""Plaza's pages, one module per place in the navigation."""

from __future__ import annotations

from flask import Flask

from . import auth, explore, feed, profiles


def init_app(app: Flask) -> None:
    """Register every page, and the health check."""
    for blueprint in (auth.blueprint, feed.blueprint, profiles.blueprint, explore.blueprint):
        app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", "healthz", lambda: ("ok", {"Content-Type": "text/plain"}))
