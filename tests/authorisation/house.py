"""One Space with everybody in it: each kind of visitor of the matrix, in the place that makes them one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask_socketio import SocketIO

from spaces_feature import Profile, Spaces
from spaces_feature.domain.clips import Clip, ClipState, Source, Window
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.reports import Category
from spaces_feature.domain.space import Audience, Role, Space
from spaces_feature.domain.timeline import Turn
from spaces_feature.ports import Card
from spaces_feature.services import attending, hosting, moderating, staging
from spaces_feature.services.flags import flag_desk
from spaces_feature.services.law import reporting
from spaces_feature.services.planning import inviting, reminding, scheduling
from spaces_feature.services.sound import recordings
from spaces_feature.services.sound.linking import link_to
from spaces_feature.testing.members import FakeMembers
from spaces_feature.testing.storage import SOUND
from spaces_feature.web.sound.ears import COOKIE
from tests.authorisation.untouched import Rows, Untouched
from tests.hall import PREFIX as MEDIA
from tests.hall import Hall
from tests.web.visitor import SPARE_FLAG, Visitor
from tests.world import World, a_world

SIGNED_OUT = "signed out"
EXTRAS = ("newcomer", "second speaker")
"""Whom commands are about when none of the visitors fits: a follower outside, and somebody else on stage."""

FOLLOWERS = ("blocked", "blocker", "removed", "suspended", "follower", "reminded", "listener", "waiting")
TEAM = {
    "staff": ("viewer", "editor", "killer"),
    "viewer": (),
    "editor": ("editor",),
    "killer": ("killer",),
}
"""Staff of the host app, and what each may do with flags beyond looking at them."""
POST = "77"
"""The id of a post of the host's that everybody may read."""

WRITTEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

FLAGS = {"spaces.clip": True, "spaces.record": True, "spaces.replay": True, "spaces.hls": True} | {
    "spaces.max_rtc_listeners": 1
}
"""One plain listener has a place over WebRTC, and all who come later hear segments."""
SEGMENT = "00000012.m4s"


@dataclass(frozen=True, slots=True)
class House:
    """A Space of ``host`` with its people. ``report_id`` is a report of the Space; the clip has the speaker's voice.

    ``sound`` is what lay in the storage at first, by key.
    """

    world: World
    socketio: SocketIO
    space: Space
    report_id: str
    clip_id: str
    sound: Mapping[str, bytes]
    untouched: Untouched

    def user_id(self, kind: str) -> UserId | None:
        """The id of a kind of visitor, or of one of the extras; None for who is signed out."""
        return None if kind == SIGNED_OUT else member(kind)

    def visitor(self, kind: str, headers: dict[str, str] | None = None) -> Visitor:
        """Their browser."""
        made = Visitor(self.world, None, headers)
        made.user_id = self.user_id(kind)
        if made.user_id is not None:
            # A proxy that asks the gate sends along what the browser sent for the sound.
            for path in (MEDIA.rstrip("/"), f"{MEDIA.rstrip('/')}-gate"):
                made.client.set_cookie(COOKIE, self.world.seams.ids.ear(made.user_id), path=path)
        return made

    def link(self, what: str, kind: str) -> str:
        """A link to sound as this visitor would be given it, without what stands before it.

        ``what``: ``live``, ``kept``, ``clip``, ``recording`` or ``download``, and behind a comma whose link it is.
        """
        of, _, whose = what.partition(", of ")
        with self.world.seams.store.begin() as work:
            capture, clip, row = work.capture(self.space.id), work.clip(self.clip_id), work.recording(self.space.id)
        nowhere = f"{of}/{self.space.id}/{'0' * 22}"
        folder, name = {
            "live": (capture.live_path if capture else nowhere, SEGMENT),
            "kept": (capture.kept_path if capture else nowhere, SEGMENT),
            "clip": (clip.path if clip else nowhere, "clip.m4a"),
            "recording": (row.path if row else nowhere, SEGMENT),
            "download": (str(row.download_path) if row else nowhere, "recording.m4a"),
        }[of]
        is_open = of == "clip" and clip is not None and clip.is_open
        url = link_to(self.world.seams, self.user_id(whose or kind), folder, name, is_open=is_open).url
        return url.removeprefix(MEDIA)

    def rows(self) -> Rows:
        """Every row of ours as it stands in the database."""
        return self.untouched.rows()

    def put_back(self, rows: Rows) -> None:
        """Make the database what it was, and the storage; of flags too this process knows nothing else."""
        self.untouched.put_back(rows)
        self.world.seams.book.forget()
        storage = self.world.seams.storage
        for key in self.sound.keys() - set(storage.keys("")):
            storage.put(key, self.sound[key], SOUND)


def member(kind: str) -> UserId:
    """The user id of a kind of member."""
    return UserId(f"id-of-{kind.replace(' ', '-')}")


class OnePost:
    """The host app's posts: ``POST`` alone."""

    def cards(self, ids: Collection[str], viewer: UserId | None) -> Mapping[str, Card]:
        """Return it if it is asked for."""
        return {card.id: card for card in self.recent(member("host"), 1) if card.id in ids}

    def recent(self, author: UserId, limit: int) -> Sequence[Card]:
        """Return it for its author."""
        return [Card(POST, author, "Small software lasts.", "/posts/77", WRITTEN)] if author == member("host") else []


@contextmanager
def a_house(
    path: Path,
    kinds: tuple[str, ...],
    audience: str = "followers",
    url: str | None = None,
    *,
    is_planned: bool = False,
    is_over: bool = False,
) -> Iterator[House]:
    """Make the Space and bring everybody to their place the way people get there. No background loops run.

    The database is a file in ``path``, or the empty one at ``url``. ``is_planned``: the Space begins tomorrow;
    ``is_over``: it has ended, and is there to be replayed.
    """
    socketio, members = SocketIO(), FakeMembers()

    def prepare(app: Flask) -> None:
        socketio.init_app(app, async_mode="threading")

    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tests.world.Spaces", partial(Spaces, cards=OnePost(), members=members))
            world = stack.enter_context(a_world(path, url=url, prepare=prepare, socketio=socketio, SPACES_FLAGS=FLAGS))
        world.app.extensions["spaces"].background.stop()
        for kind in (*kinds, *EXTRAS):
            if kind != SIGNED_OUT:
                name = member(kind)
                world.identity.add(Profile(name, name, kind.title(), url=f"/@{name}"))
                members.add(name, name)
            if kind in TEAM:
                world.identity.make_staff(member(kind))
                members.give_roles(member(kind), *TEAM[kind])
        _tie(world)
        space = _plan(world, Audience(audience)) if is_planned else _go_live(world, Audience(audience))
        world.graph.block(member("host"), member("blocked"))
        world.graph.block(member("blocker"), member("host"))
        world.identity.bar(member("suspended"))
        report = reporting.report(world.seams, member("second speaker"), space.id, Category.SPAM)
        clip_id = world.seams.ids.clip_id() if is_planned else _clipped(world, space)
        if is_over:
            _end(world, space)
        storage = world.seams.storage
        sound = {key: storage.get(key) or b"" for key in storage.keys("")}
        untouched = Untouched(world.db.engine, world.db.metadata)
        yield House(world, socketio, world.space(space.id), report.id, clip_id, sound, untouched)


def _tie(world: World) -> None:
    for kind in (*FOLLOWERS, *EXTRAS):
        world.graph.follow(member(kind), member("host"))
    for kind in ("followed", "removed", "listener", "waiting"):
        world.graph.follow(member("host"), member(kind))
    edit = flag_desk.FlagEdit(percent=1)
    flag_desk.edit(world.seams, None, SPARE_FLAG, edit, 0, "There is a version to go back to")


def _plan(world: World, audience: Audience) -> Space:
    seams = world.seams
    plan = hosting.Plan(title="The plan of the matrix", audience=audience, cohost_ids=(member("co-host"),))
    space = scheduling.plan_space(seams, member("host"), plan, seams.clock() + timedelta(days=1))
    reminding.remind(seams, member("reminded"), space.id, is_early=True)
    return space


def _go_live(world: World, audience: Audience) -> Space:
    seams, host = world.seams, member("host")
    plan = hosting.Plan(title="The Space of the matrix", audience=audience, allows_clips=True)
    space = hosting.go_live(seams, host, plan)
    attending.join(seams, host, space.id)
    for kind, role in (("co-host", Role.COHOST), ("speaker", Role.SPEAKER), ("second speaker", Role.SPEAKER)):
        _come_up(world, space, kind, role)
    for kind in ("listener", "waiting", "removed"):
        if audience is Audience.INVITED:  # who was a guest on stage stays one in the audience
            _come_up(world, space, kind, Role.SPEAKER)
            staging.leave_stage(seams, member(kind), space.id, member(kind))
        attending.join(seams, member(kind), space.id)
    staging.ask_to_speak(seams, member("waiting"), space.id)
    inviting.invite(seams, host, space.id, member("invited"), Role.SPEAKER)
    moderating.remove(seams, host, space.id, member("removed"), "Talks over others")
    return space


def _clipped(world: World, space: Space) -> str:
    """A clip, and sound from which others can be made."""
    seams = world.seams
    recordings.consent(seams, member("speaker"), space.id, agrees=True)
    clip_id = seams.ids.clip_id()
    clip = Clip(
        id=clip_id,
        space_id=space.id,
        maker_id=member("listener"),
        window=Window(0, 9_000),
        source=Source.BUFFER,
        created_at=seams.clock(),
        expires_at=seams.clock() + timedelta(days=30),
        state=ClipState.READY,
        path=f"clips/{clip_id}/{seams.ids.row_id()}",
        speakers={member("speaker"): 9_000},
        is_open=space.audience is Audience.EVERYONE,
    )
    with seams.store.begin() as work:
        work.add_clip(clip)
        capture = work.capture(space.id)
    assert capture is not None
    heard = {"to_ms": 20_000, "step_ms": 100, "peaks": [0.5] * 200, "levels": {}}
    seams.storage.put(f"{capture.kept_path}/recent.json", json.dumps(heard).encode(), "application/json")
    hall = Hall(world)
    for folder in (capture.live_path, capture.kept_path):
        hall.put(folder, SEGMENT)
    hall.put(clip.path, "clip.m4a")
    return clip.id


def _end(world: World, space: Space) -> None:
    """It ends with half a minute to replay, in which the speaker talks."""
    row = Hall(world).recorded(world.space(space.id))
    with world.seams.store.begin() as work:
        work.add_turns(row.space_id, [Turn(member("speaker"), 2_000, 8_000)])


def _come_up(world: World, space: Space, kind: str, role: Role) -> None:
    inviting.invite(world.seams, space.host_id, space.id, member(kind), role)
    attending.join(world.seams, member(kind), space.id)
    inviting.accept(world.seams, member(kind), space.id)
