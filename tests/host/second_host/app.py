"""Parlour put together: its pages, and Spaces in it under ``/rooms``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, g, render_template, request
from flask_socketio import SocketIO
from werkzeug.security import check_password_hash
from werkzeug.wrappers import Response as AnyResponse

from spaces_feature import MediaServer, Spaces
from spaces_feature.integrations.follow_table import FollowTable

from .database import Database
from .sessions import CookieIdentity, Cookies

#: Parlour is small and opens by its configuration what it has; Plaza does it in the cockpit.
OPEN = {f"spaces.{name}": True for name in ("enabled", "strip", "listen", "host", "speak", "schedule", "anonymous")}


@dataclass(frozen=True, slots=True)
class Parlour:
    """One app with what tests and its server need to reach."""

    app: Flask
    db: Database
    socketio: SocketIO
    identity: CookieIdentity
    graph: FollowTable
    cookies: Cookies


def create_parlour(database_url: str, media: MediaServer | None = None, **settings: object) -> Parlour:
    """Return a migrated and seeded Parlour. ``media`` replaces LiveKit; ``settings`` are Flask's and ``SPACES_*``."""
    app = Flask("tests.host.second_host")
    app.config.update(SPACES_URL_PREFIX="/rooms", SPACES_BASE_TEMPLATE="frame.html", SPACES_FLAGS=OPEN)
    app.config.update(settings)
    db = Database(database_url)
    cookies = Cookies(app.config["SECRET_KEY"])
    identity = CookieIdentity(db, cookies)
    graph = FollowTable(db.follows.c.follower, db.follows.c.followed, blocks=(db.blocks.c.blocker, db.blocks.c.blocked))
    socketio = SocketIO(async_mode="threading")
    Spaces(db, socketio, identity=identity, graph=graph, media=media).init_app(app)
    socketio.init_app(app)
    db.migrate()
    db.seed()
    _add_pages(app, db, cookies, identity)
    return Parlour(app, db, socketio, identity, graph, cookies)


def _add_pages(app: Flask, db: Database, cookies: Cookies, identity: CookieIdentity) -> None:
    @app.teardown_appcontext
    def close_session(error: BaseException | None) -> None:
        db.session.remove()

    @app.before_request
    def know_member() -> None:
        user_id = identity.current_user_id()
        g.member = identity.profiles([user_id])[user_id] if user_id else None

    @app.context_processor
    def show_member() -> dict[str, Any]:
        return {"member": g.get("member")}

    @app.get("/")
    def home() -> str:
        people = db.session.execute(sa.select(db.members).order_by(db.members.c.handle)).mappings()
        return render_template("home.html", people=list(people))

    @app.get("/about")
    def about() -> str:
        return render_template("about.html")

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.get("/sign-in")
    def sign_in_form() -> str:
        return render_template("sign_in.html", failed=False)

    @app.post("/sign-in")
    def sign_in() -> AnyResponse:
        wanted = sa.select(db.members).where(db.members.c.handle == request.form.get("handle", ""))
        row = db.session.execute(wanted).mappings().first()
        if row is None or not check_password_hash(row["secret"], request.form.get("password", "")):
            return Response(render_template("sign_in.html", failed=True), status=403)
        return cookies.sign_in(Response(status=303, headers={"Location": "/"}), row["id"])

    @app.post("/sign-out")
    def sign_out() -> AnyResponse:
        return cookies.sign_out(Response(status=303, headers={"Location": "/"}))

    @app.errorhandler(404)
    def lost(error: Exception) -> tuple[str, int]:
        return render_template("lost.html"), 404
