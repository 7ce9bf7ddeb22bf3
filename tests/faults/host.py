"""``python -m tests.faults.host MODE PORT DATABASE_URL SFU``: a host whose database and SFU outlive it.

A member is whoever the header ``X-Member`` says. ``MODE`` is Socket.IO's, or ``recorder``: then it serves nobody, and
records. ``SFU`` is the port of the fake one in the process that runs the test,
or a JSON file with the settings of a real one, and any others that differ.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

MODE, PORT, DATABASE_URL, SFU = sys.argv[1:5]
if MODE == "eventlet":
    import warnings

    warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()

from flask import Flask, has_request_context, request  # noqa: E402 - everything else must meet the patched modules
from flask_socketio import SocketIO  # noqa: E402
from flask_sqlalchemy import SQLAlchemy  # noqa: E402

from spaces_feature import Profile, Spaces, UserId  # noqa: E402
from spaces_feature.cli_recorder import recorder  # noqa: E402
from spaces_feature.testing.graph import FakeGraph  # noqa: E402
from spaces_feature.testing.identity import FakeIdentity  # noqa: E402
from tests.faults import CROWD  # noqa: E402
from tests.faults.far_media import far_media  # noqa: E402
from tests.world import NAMES, OPEN, SECRET  # noqa: E402


class HeaderIdentity(FakeIdentity):
    """Members in memory, signed in by a header."""

    def current_user_id(self) -> UserId | None:
        return UserId(request.headers["X-Member"]) if has_request_context() and "X-Member" in request.headers else None


def main() -> None:
    """Serve until the process ends."""
    app = Flask("tests.world")
    app.config.update(
        SECRET_KEY="the host's own secret, for tests",
        SQLALCHEMY_DATABASE_URI=DATABASE_URL,
        SPACES_LIVEKIT_URL="ws://127.0.0.1:1",
        SPACES_LIVEKIT_API_KEY="key",
        SPACES_LIVEKIT_API_SECRET=SECRET,
        SPACES_RATE_LIMIT_FACTOR=0,
        # The model's clock stands still; on a slow machine a minute would pass.
        SPACES_STAY_GRACE=3600,
        SPACES_HOST_GRACE=3600,
        SPACES_LOST_AFTER=3600,
        SPACES_FLAGS={**OPEN, "spaces.max_speakers": 2, "spaces.max_cohosts": 2},
        SPACES_TOPICS={"software": "Software"},
    )
    media = far_media(int(SFU)) if SFU.isdigit() else None
    if media is None:
        app.config.update(json.loads(Path(SFU).read_text()))
    db = SQLAlchemy(app)
    socketio = SocketIO(app, async_mode="threading" if MODE == "recorder" else MODE)
    names = dict(zip(CROWD, NAMES, strict=False))
    identity = HeaderIdentity(*(Profile(UserId(one), names.get(one, one), names.get(one, one)) for one in CROWD))
    identity.make_staff(UserId(CROWD[NAMES.index("pam")]))
    graph = FakeGraph()
    for friend in CROWD[2:6]:
        # As the model's play begins.
        graph.follow(UserId(CROWD[0]), UserId(friend))
    for one in CROWD[:-1]:
        graph.follow(UserId(CROWD[-1]), UserId(one))
    Spaces(db, socketio, identity=identity, graph=graph, media=media).init_app(app)
    app.add_url_rule("/healthz", "healthz", lambda: "ok")
    if MODE == "recorder":
        with app.app_context():
            recorder.main([], standalone_mode=False)
    elif MODE == "eventlet":
        # As the demo serves: host_app/wsgi.py.
        from eventlet import wsgi

        wsgi.server(eventlet.listen(("127.0.0.1", int(PORT)), backlog=256), app, log_output=False, debug=False)
    else:
        socketio.run(app, host="127.0.0.1", port=int(PORT), allow_unsafe_werkzeug=True)


if __name__ == "__main__":
    main()
