"""Plaza's pages, one module per place in the navigation."""

from __future__ import annotations

from flask import Flask

from . import account, auth, explore, feed, profiles, staff


def init_app(app: Flask) -> None:
    """Register every page, and the health check."""
    for module in (auth, feed, profiles, explore, account, staff):
        app.register_blueprint(module.blueprint)
    app.add_url_rule("/healthz", "healthz", lambda: ("ok", {"Content-Type": "text/plain"}))
