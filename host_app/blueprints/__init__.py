"""Plaza's pages, one module per place in the navigation."""

from __future__ import annotations

from flask import Flask

from . import account, auth, explore, feed, fleets, inbox, messages, profiles, push, staff


def init_app(app: Flask) -> None:
    """Register every page, and the health check."""
    for module in (auth, feed, fleets, messages, inbox, push, profiles, explore, account, staff):
        app.register_blueprint(module.blueprint)
    inbox.init_app(app)
    push.init_app(app)
    app.add_url_rule("/healthz", "healthz", lambda: ("ok", {"Content-Type": "text/plain"}))
