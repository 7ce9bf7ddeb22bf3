"""Plaza as its tests use it: seeded, on a database of its own, with browsers for its members."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from werkzeug.test import TestResponse

from host_app import create_app


def open_plaza(folder: Path) -> Flask:
    """Return Plaza on the database that lies, or will lie, in ``folder``."""
    return create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a secret for tests",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'plaza.sqlite3'}",
            "PICTURES_DIR": str(folder / "pictures"),
            "SPACES_LIVEKIT_URL": "ws://127.0.0.1:7880",
            "SPACES_LIVEKIT_API_KEY": "key",
            "SPACES_LIVEKIT_API_SECRET": "a livekit secret for tests, long enough",
        }
    )


def make_plaza(folder: Path) -> Flask:
    """Return a migrated and seeded Plaza whose database lies in ``folder``."""
    app = open_plaza(folder)
    with app.app_context():
        upgrade()
    result = app.test_cli_runner().invoke(args=["seed"])
    assert result.exit_code == 0, result.output
    return app


class Browser:
    """One member's browser: keeps cookies, sends forms with the token of the page it saw last."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = ""

    def open(self, path: str, **headers: str) -> TestResponse:
        response = self.client.get(path, headers=headers)
        found = re.search(r'<meta name="csrf-token" content="([^"]+)">', response.text)
        if found:
            self.token = found[1]
        return response

    def send(self, path: str, *, accept: str = "text/html", **fields: str) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **fields}, headers={"Accept": accept})

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> TestResponse:
        """Call the API of Spaces as Plaza's pages do."""
        headers = {"X-CSRFToken": self.token}
        return self.client.open(f"/spaces/api/v1{path}", method=method, json=body, headers=headers)

    def sign_in(self, username: str) -> Browser:
        self.open("/login")
        assert self.send("/login", username=username, password=username).status_code == 303
        self.open("/")
        return self
