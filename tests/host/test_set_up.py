"""Embedding: what is missing is said at once and with its fix, and Spaces get in nobody's way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, render_template_string
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Mapped, mapped_column

from spaces_feature import SetupError, Spaces, UserId
from spaces_feature.config import read_config
from spaces_feature.config_checks import BOUNDS
from spaces_feature.ports import Profile
from spaces_feature.testing.graph import FakeGraph
from spaces_feature.testing.identity import FakeIdentity
from spaces_feature.testing.media import FakeMediaServer
from tests.world import OPEN

GOOD = {
    "SECRET_KEY": "no secret either, though it is as long as one",
    "SPACES_LIVEKIT_URL": "wss://sfu.example.com",
    "SPACES_LIVEKIT_API_KEY": "key",
    "SPACES_LIVEKIT_API_SECRET": "a-secret-for-tests-that-is-long-enough-0",
}


def a_host(folder: Path, **settings: object) -> tuple[Flask, SQLAlchemy]:
    """A host app with its database, before Spaces come in."""
    app = Flask("a_host", root_path=str(folder))
    app.config.update({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'host.sqlite3'}", **GOOD, **settings})
    return app, SQLAlchemy(app)


def spaces_for(db: Any, **seams: Any) -> Spaces:
    """Spaces with stand-ins for whatever is not given."""
    given: dict[str, Any] = {"identity": FakeIdentity(), "graph": FakeGraph(), "media": FakeMediaServer(), **seams}
    return Spaces(db, None, **given)


def problems_of(folder: Path, settings: dict[str, object], **seams: Any) -> list[str]:
    """What ``init_app`` finds wrong."""
    app, db = a_host(folder, **settings)
    for key in [key for key, value in settings.items() if value is None]:
        del app.config[key]
    with pytest.raises(SetupError) as refused:
        spaces_for(db, **seams).init_app(app)
    assert "spaces" not in app.blueprints
    assert "spaces" not in app.extensions
    return refused.value.problems


def test_everything_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    """One start shows every problem of seams and settings, each with its fix."""
    missing: dict[str, object] = dict.fromkeys(GOOD)
    problems = problems_of(tmp_path, missing, identity=object(), graph=object())
    text = "\n".join(problems)
    for word in (*GOOD, "identity=", "graph="):
        assert word in text
    assert len(problems) == 6


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("SPACES_LIVEKIT_URl", "wss://x", "did you mean SPACES_LIVEKIT_URL?"),
        ("SPACES_GRANT_TLL", 30, "did you mean SPACES_GRANT_TTL?"),
        ("SPACES_COLOUR_OF_THE_SKY", "blue", "is not a setting"),
        ("SPACES_LIVEKIT_URL", "https://sfu.example.com", "must start with wss://"),
        ("SPACES_LIVEKIT_URL", "ws://sfu.example.com", "Use wss://"),
        ("SPACES_LIVEKIT_URL", "ws://127.evil.example:7880", "Use wss://"),
        ("SPACES_LIVEKIT_API_SECRET", "short", "shorter than 32"),
        ("SPACES_LIVEKIT_API_SECRET", GOOD["SECRET_KEY"], "a secret of its own"),
        ("SPACES_GRANT_TTL", 61, "1 to 60"),
        ("SPACES_GRANT_TTL", 0, "1 to 60"),
        ("SPACES_GRANT_TTL", "60", "must be of type int, not str"),
        ("SPACES_RATE_LIMIT_FACTOR", True, "must be of type float, not bool"),
        ("SPACES_RECONCILE_IN_PROCESS", 1, "must be of type bool, not int"),
        ("SPACES_LAW_INTERVAL", 3600, "0.1 to 3: a block or a suspension counts within five seconds"),
        ("SPACES_LAW_INTERVAL", -1, "0.1 to 3"),
        ("SPACES_LAW_INTERVAL", float("nan"), "0.1 to 3"),
        ("SPACES_RECONCILE_INTERVAL", 60, "0.1 to 2"),
        ("SPACES_HOST_GRACE", -5, "must be 5 to"),
        ("SPACES_HOST_GRACE", 5, "SPACES_LOST_AFTER must be at most"),
        ("SPACES_STAY_GRACE", 1, "clients say every 20 seconds"),
        ("SPACES_STAGE_GRACE", 0, "clients say every 20 seconds"),
        ("SPACES_LOST_AFTER", 0, "sockets are looked at every 4 seconds"),
        ("SPACES_LOST_AFTER", 90, "at most SPACES_HOST_GRACE"),
        ("SPACES_LOST_AFTER", float("inf"), "must be 5 to"),
        ("SPACES_MEDIA_DEADLINE", 0, "must be 0.1 to 10"),
        ("SPACES_INVITATION_LIFE", 0, "nobody could answer in no time"),
        ("SPACES_INVITATION_PAUSE", -1, "must be 0 to"),
        ("SPACES_REQUEST_LIFE", 0, "nobody could answer in no time"),
        ("SPACES_REJOIN_SPREAD_MS", -200, "must be 0 to"),
        ("SPACES_FOLLOWEES_TTL", -1, "must be 0 to"),
        ("SPACES_RATE_LIMIT_FACTOR", -1, "0 switches limits off"),
        ("SPACES_TOPICS", ["software"], "must be of type mapping"),
        ("SPACES_SHARE_LINKS", ["/write"], "must be of type mapping"),
        ("SPACES_SHARE_LINKS", {"Write": "https://elsewhere.example/"}, "paths of this site"),
        ("SPACES_CREATE_LINKS", {"Write": "//elsewhere.example/"}, "paths of this site"),
        ("SPACES_CREATE_LINKS", {" ": "/write"}, "paths of this site"),
        ("SPACES_RATE_LIMIT_STORAGE", "nonsense://", "SPACES_RATE_LIMIT_STORAGE cannot be used"),
        ("SPACES_URL_PREFIX", "rooms", "start with a slash"),
        ("SPACES_URL_PREFIX", "/rooms/", "not end with one"),
        ("SPACES_FLAGS", {"spaces.enabeld": True}, "did you mean spaces.enabled?"),
        ("SPACES_FLAGS", {"spaces.enabled": "no"}, "must be bool"),
        ("SPACES_FLAGS", {"spaces.max_speakers": True}, "must be int"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: str, value: object, words: str) -> None:
    """Each wrong setting is one problem that names it and says what would be right."""
    [problem] = problems_of(tmp_path, {setting: value})
    assert setting in problem
    assert words in problem


@pytest.mark.parametrize("url", ["wss://sfu.example.com", "ws://localhost", "ws://127.0.0.1:7880", "ws://[::1]:7880"])
def test_addresses_that_are_fine(tmp_path: Path, url: str) -> None:
    """Encrypted anywhere, plain on this machine."""
    app, db = a_host(tmp_path, SPACES_LIVEKIT_URL=url)
    spaces_for(db).init_app(app)


@pytest.mark.parametrize("setting", ["LAW_INTERVAL", "RECONCILE_INTERVAL", "LOST_AFTER", "STAY_GRACE", "HOST_GRACE"])
def test_what_a_promise_allows_is_accepted(tmp_path: Path, setting: str) -> None:
    """Both ends of what a promise leaves open are settings that a host may choose."""
    low, high, _ = BOUNDS[setting.lower()]
    for value in (low, high):
        beside = {"SPACES_HOST_GRACE": int(max(value, 60)) if setting == "LOST_AFTER" else 60, "SPACES_LOST_AFTER": 5}
        assert read_config({**GOOD, **beside, f"SPACES_{setting}": value})


def test_nothing_is_there_until_it_is_opened(tmp_path: Path) -> None:
    """Just embedded, pages are as if we were not there; the tutorial's lines open what its afternoon needs."""
    ada = FakeIdentity(Profile(UserId("1"), "ada", "Ada"))
    app, db = a_host(tmp_path)
    spaces_for(db, identity=ada).init_app(app)
    app.extensions["spaces"].background.stop()
    app.add_url_rule("/", "home", lambda: render_template_string("<h1>Home</h1>{{ spaces_strip() }}"))
    with app.app_context():
        db.create_all()
    client, origin = app.test_client(), {"Origin": "http://localhost"}

    def start() -> int:
        return client.post("/spaces/api/v1/spaces", json={"title": "Hello"}, headers=origin).status_code

    with ada.sign_in(UserId("1")):
        assert client.get("/").text == "<h1>Home</h1>"
        assert (client.get("/spaces/").status_code, start()) == (404, 404)
    tutorial = (Path(__file__).parents[2] / "docs" / "tutorials" / "embed.md").read_text()
    lines = re.findall(r"^flask (spaces flags set .+)$", tutorial, re.MULTILINE)
    (line,) = lines
    result = app.test_cli_runner().invoke(args=line.split())
    opened = [word for word in line.split() if word.startswith("spaces.")]
    assert (result.exit_code, result.output.splitlines()) == (0, [f"{key}: Everyone." for key in opened])
    with ada.sign_in(UserId("1")):
        assert "<spaces-strip" in client.get("/").text
        assert (client.get("/spaces/").status_code, start()) == (200, 201)


def test_twice_is_refused(tmp_path: Path) -> None:
    """A second ``init_app`` on the same app says that once is enough."""
    app, db = a_host(tmp_path)
    spaces = spaces_for(db)
    spaces.init_app(app)
    with pytest.raises(SetupError, match="once"):
        spaces.init_app(app)


def test_the_secret_is_never_shown(tmp_path: Path) -> None:
    """Neither the configuration's text nor a set-up problem carries the SFU's secret."""
    secret = GOOD["SPACES_LIVEKIT_API_SECRET"]
    app, db = a_host(tmp_path)
    spaces_for(db).init_app(app)
    assert secret not in repr(app.extensions["spaces"].seams.config)
    (tmp_path / "other").mkdir()
    assert secret not in str(problems_of(tmp_path / "other", {"SPACES_GRANT_TTL": 99}))


def test_two_apps_with_one_instance(tmp_path: Path) -> None:
    """S7: two apps of one process, wired by one instance, share nothing: not what is live, nor limits, nor settings."""
    db = SQLAlchemy()
    identity = FakeIdentity(Profile(UserId("1"), "ada", "Ada"))
    spaces = spaces_for(db, identity=identity)
    apps = []
    for name, prefix in (("first", "/spaces"), ("second", "/rooms")):
        app = Flask(name, root_path=str(tmp_path))
        app.config.update(GOOD, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / name}.sqlite3")
        app.config.update(SPACES_URL_PREFIX=prefix, SPACES_FLAGS=OPEN)
        db.init_app(app)
        spaces.init_app(app)
        app.extensions["spaces"].background.stop()
        with app.app_context():
            db.create_all()
        apps.append((app, prefix))
    origin = {"Origin": "http://localhost"}
    for app, prefix in apps:
        with identity.sign_in(UserId("1")):
            answer = app.test_client().post(f"{prefix}/api/v1/spaces", json={"title": "Hello"}, headers=origin)
        assert answer.status_code == 201, "one live Space in each app, not one in both"
    first, second = (app.extensions["spaces"].seams for app, _ in apps)
    assert first.index.spaces()[0].id != second.index.spaces()[0].id
    assert apps[1][0].test_client().get("/spaces/").status_code == 404


def test_names_of_the_host_stay_the_hosts(tmp_path: Path) -> None:
    """A host with a class and a table named Space, templates and endpoints of our words, keeps them all."""
    app, db = a_host(tmp_path)

    class Space(db.Model):  # type: ignore[name-defined,misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]

    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "space.html").write_text("the host's own space")
    (templates / "base.html").write_text("the host's own base")
    host = Blueprint("space", __name__)
    host.add_url_rule("/space", "page", lambda: render_template_string("{% include 'space.html' %}"))
    app.register_blueprint(host)
    spaces_for(db).init_app(app)
    with app.app_context():
        db.create_all()
        db.session.add(Space(title="a parking space"))
        db.session.commit()
        assert db.session.query(Space).one().title == "a parking space"
    assert app.test_client().get("/space").text == "the host's own space"
    assert {"space", "spaces_space"} <= set(db.metadata.tables)


def test_the_hosts_error_pages_stay_the_hosts(tmp_path: Path) -> None:
    """Nothing app-wide is registered: the host's 404 and 500 are its own, and our refusals are not made of them."""
    app, db = a_host(tmp_path)

    @app.errorhandler(404)
    def lost(error: Exception) -> ResponseReturnValue:
        return "the host's own 404", 404

    handlers = dict(app.error_handler_spec[None])
    before = [list(functions) for functions in (app.before_request_funcs.get(None, []), app.after_request_funcs)]
    spaces_for(db).init_app(app)
    after = [list(functions) for functions in (app.before_request_funcs.get(None, []), app.after_request_funcs)]
    assert dict(app.error_handler_spec[None]) == handlers
    assert after == before
    client = app.test_client()
    assert client.get("/nowhere").text == "the host's own 404"
    answer = client.get("/spaces/api/v1/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_frame_of_the_hosts(tmp_path: Path) -> None:
    """Our pages stand in the host's own template when it names one, and in a plain one of ours when not."""
    ada = FakeIdentity(Profile(UserId("1"), "ada", "Ada"))
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "frame.html").write_text("<b>framed</b>{% block content %}{% endblock %}")
    for settings, is_framed in (({}, False), ({"SPACES_BASE_TEMPLATE": "frame.html"}, True)):
        app, db = a_host(tmp_path, SPACES_FLAGS=OPEN, **settings)
        spaces_for(db, identity=ada).init_app(app)
        app.extensions["spaces"].background.stop()
        with app.app_context():
            db.create_all()
        with ada.sign_in(UserId("1")):
            page = app.test_client().get("/spaces/").text
        assert ("<b>framed</b>" in page) is is_framed
        assert "Live for you" in page


def test_the_nonce_of_the_host_is_on_every_tag(tmp_path: Path) -> None:
    """With a nonce of the host every style and script of ours carries it, and nothing runs inline without."""
    app, db = a_host(tmp_path, SPACES_FLAGS=OPEN)
    spaces_for(db, csp_nonce=lambda: "n0nce").init_app(app)
    with app.app_context(), app.test_request_context("/"):
        db.create_all()
        html = render_template_string("{{ spaces_strip() }}")
    assert html.count("<script") + html.count("<link") == html.count('nonce="n0nce"') > 0
    assert "style=" not in html
    assert " onclick" not in html
