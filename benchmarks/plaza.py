"""Plaza on a database of its own, filled for measuring: members, follows and live Spaces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.security import generate_password_hash

from host_app import create_app
from host_app.extensions import db
from host_app.models import User, follows, now
from host_app.seed import CHEAP_HASH
from spaces_feature.db import rows
from spaces_feature.db.tables import build_tables
from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.space import Role, Seat, Space, State
from spaces_feature.flags import BOOLEANS, BY_KEY
from spaces_feature.services.seams import Seams

PASSWORD = "only-for-measuring"
ONLY_READS: dict[str, object] = {"SPACES_RECONCILE_IN_PROCESS": False, "SPACES_FOLLOWEES_TTL": 0}
"""Nothing is remembered from one call to the next unless a figure says so."""
NO_SFU = ("ws://127.0.0.1:1", "key", "a-secret-that-no-server-knows-0000000000")
OPEN = {key: True for key in BOOLEANS if BY_KEY[key].is_served}
"""Everything that there is, for everybody: what the demo decides in its cockpit is here what was coded."""
SECRET_KEY = "a-key-that-signs-nothing-but-benchmark-cookies"


@dataclass(frozen=True, slots=True)
class Place:
    """One installation for measuring: where its database lives and which SFU it knows."""

    folder: Path
    port: int
    sfu_url: str
    api_key: str
    api_secret: str

    def settings(self, **more: object) -> dict[str, object]:
        """Return the whole Flask configuration; rate limits are off and nobody's absence ends a Space meanwhile."""
        return {
            "PORT": self.port,
            "SECRET_KEY": SECRET_KEY,
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{self.folder / 'plaza.sqlite3'}",
            "SPACES_LIVEKIT_URL": self.sfu_url,
            "SPACES_LIVEKIT_API_KEY": self.api_key,
            "SPACES_LIVEKIT_API_SECRET": self.api_secret,
            "SPACES_RATE_LIMIT_FACTOR": 0,
            "SPACES_FLAGS": OPEN,
            "SPACES_HOST_GRACE": 3600,
            "SPACES_STAY_GRACE": 3600,
            **more,
        }

    def write(self, **more: object) -> Path:
        """Write the settings for a server process and return the file."""
        file = self.folder / "settings.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(self.settings(**more)))
        return file


@contextmanager
def open_plaza(place: Place, **more: object) -> Iterator[tuple[Flask, Seams]]:
    """Plaza in this process, inside an application context, its tables made."""
    app = create_app(place.settings(**more))
    seams: Seams = app.extensions["spaces"].seams
    # Nothing but what is measured may run in this process.
    app.extensions["spaces"].background.stop()
    with app.app_context():
        db.create_all()
        yield app, seams
        db.session.remove()
        db.engine.dispose()


def add_members(count: int) -> None:
    """Insert members with the ids 1 to ``count``, named ``member-1`` and so on, all with the same password."""
    password = generate_password_hash(PASSWORD, method=CHEAP_HASH)
    common: dict[str, Any] = {"password_hash": password, "bio": "", "avatar": "", "created_at": now()}
    rows = [
        {"id": number, "username": username(number), "name": f"Member {number}", "is_staff": False, **common}
        | {"is_suspended": False}
        for number in range(1, count + 1)
    ]
    db.session.execute(sa.insert(User), rows)
    db.session.commit()


def username(number: int) -> str:
    """The user name of a member."""
    return f"member-{number}"


def cookie_of(app: Flask, number: int) -> str:
    """The cookie of a member who is signed in."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'_user_id': str(number), '_fresh': True})}"


def follow(follower: int, followed: Sequence[int]) -> None:
    """Let one member follow others."""
    db.session.execute(follows.insert(), [{"follower_id": follower, "followed_id": number} for number in followed])
    db.session.commit()


def add_live_spaces(seams: Seams, hosts: Sequence[int]) -> list[SpaceId]:
    """Write a live Space for each host, without a room at the SFU: for what only reads."""
    return [add_live_space(seams, number).id for number in hosts]


def add_live_space(seams: Seams, host: int, speakers: Sequence[int] = ()) -> Space:
    """Write a live Space with these on stage, without a room at the SFU and with nobody in it."""
    space = live_space(seams, UserId(str(host)), [UserId(str(number)) for number in speakers])
    with seams.store.begin() as work:
        work.add(space)
    return space


def add_many_live_spaces(seams: Seams, stages: Sequence[tuple[int, Sequence[int]]]) -> None:
    """Write a live Space for each (host, speakers) at once; as ``add_live_space`` does one by one."""
    tables = build_tables(db.metadata)
    spaces = [live_space(seams, UserId(str(host)), [UserId(str(one)) for one in others]) for host, others in stages]
    seats = [
        {**rows.seat_row(space.id, seat), "seated_in": 1, "first_seated_in": 1}
        for space in spaces
        for seat in space.seats
    ]
    db.session.execute(sa.insert(tables.space), [rows.space_row(space) for space in spaces])
    db.session.execute(sa.insert(tables.seat), seats)
    db.session.commit()


def live_space(seams: Seams, host: UserId, speakers: Sequence[UserId] = ()) -> Space:
    """A live Space that is not written yet, with these on stage."""
    at = seams.clock()
    space_id = seams.ids.space_id()
    room = seams.ids.room(space_id)
    return Space(
        id=space_id,
        state=State.LIVE,
        title=f"What member {host} thinks",
        creator_id=host,
        host_id=host,
        created_at=at,
        updated_at=at,
        started_at=at,
        room=room,
        version=1,
        seats=(
            Seat(host, Role.HOST, seams.ids.identity(room, host), at),
            *(Seat(speaker, Role.SPEAKER, seams.ids.identity(room, speaker), at) for speaker in speakers),
        ),
    )
