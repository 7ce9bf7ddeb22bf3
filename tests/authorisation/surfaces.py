"""Every place where a Space may come to light, as one table: a new surface is one line of ``SURFACES``.

A ``Town`` has one Space, ``Quartz heron``, and a visitor of each kind. Everybody who is signed in follows somebody on
its stage, so that nothing but what they may see keeps it from them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_socketio import SocketIO, SocketIOTestClient

from spaces_feature import Profile, Spaces
from spaces_feature.domain.clips import Clip, ClipState, Source, Window
from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.space import Audience, Role
from spaces_feature.ports import Notice
from spaces_feature.services import attending, moderating
from spaces_feature.services.law import staff
from spaces_feature.services.planning import inviting
from tests.hall import Hall
from tests.realtime.conftest import NAMESPACE
from tests.web.visitor import SAME_ORIGIN
from tests.world import World, a_world

TITLE, WORD, TOPIC = "Quartz heron", "quartz", "craft"
ABSENT = SpaceId("0123456789abc")
SIGNED_OUT, HOST, FRIEND = "signed out", "host", "friend"
OUT = ("blocked", "blocker", "removed", "barred")
"""Kept out by a block in either direction, by a removal, by the host app, though they follow and are followed."""
VISITORS = (SIGNED_OUT, "stranger", "follower", "followed", *OUT, "guest", HOST)
LIVE, SCHEDULED, OVER = "live", "scheduled", "over"
BOTH = frozenset({LIVE, SCHEDULED})
PATIENCE = 60.0
FLAGS = {"spaces.directory": True, "spaces.guests": True, "spaces.schedule": True, "spaces.replay": True}
API = "/api/v1"

Signature = tuple[int, tuple[tuple[str, str], ...], str]
"""All that a visitor sees of an answer: status, headers and body."""


def member(kind: str) -> UserId:
    """The user id of a kind of visitor; digits alone, as X's clients want them."""
    return UserId(str(1001 + (*VISITORS, FRIEND).index(kind)))


@dataclass
class Town:
    """The world with its one Space. ``batches`` is what the host app was given to tell its members."""

    world: World
    spaces: Spaces
    socketio: SocketIO
    space_id: SpaceId = ABSENT
    token: str = ""
    batches: list[Notice] = field(default_factory=list)

    @contextmanager
    def as_visitor(self, kind: str) -> Iterator[None]:
        """Within it the visitor is asking."""
        with self.world.identity.sign_in(None if kind == SIGNED_OUT else member(kind)):
            yield

    def get(self, kind: str, path: str, **headers: str) -> Signature:
        """What the visitor gets at a path below the prefix."""
        with self.as_visitor(kind):
            return signature(self.world.app.test_client().get(f"/spaces{path}", headers=headers))

    def call(self, kind: str, method: str, path: str, body: Any = None) -> Any:
        """A command that must go well."""
        with self.as_visitor(kind):
            answer = self.world.app.test_client().open(
                f"/spaces{API}{path}", method=method, json=body, headers=SAME_ORIGIN
            )
        assert answer.status_code < 300, (kind, method, path, answer.text)
        return answer.json

    def socket(self, kind: str) -> SocketIOTestClient:
        """A socket of the visitor's, open unless they are signed out."""
        with self.as_visitor(kind):
            return SocketIOTestClient(
                self.world.app, self.socketio, namespace=NAMESPACE, flask_test_client=self.world.app.test_client()
            )


def signature(answer: Any) -> Signature:
    """What the visitor sees, without the hour and what counts requests."""
    passing = ("date", "x-rate-limit-remaining", "x-rate-limit-reset")
    headers = sorted((key.lower(), value) for key, value in answer.headers if key.lower() not in passing)
    return answer.status_code, tuple(headers), answer.text


Look = Callable[[Town, str, SpaceId], Signature]


@dataclass(frozen=True)
class Surface:
    """One place. ``states`` in which it shows a Space to who may see it; ``is_public``: to who is signed out as well.

    ``also``: who may see what is for everybody there, though the Space itself is closed to them.
    ``besides``: whom it does not lead there though they may see it, having nobody there whom they follow.

    ``is_by_id``: asked for one Space by its id, so that what may not be known must look like what does not exist.
    ``is_outside``: nobody is asked there who they are, so that everybody is as good as signed out.
    """

    name: str
    look: Look
    states: frozenset[str] = BOTH
    is_public: bool = False
    is_by_id: bool = False
    is_outside: bool = False
    also: frozenset[str] = frozenset()
    besides: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.name


def at(path: str, **headers: str) -> Look:
    """A path below the prefix, with ``{id}`` and ``{host}``."""
    return lambda town, kind, space_id: town.get(
        kind, path.replace("{id}", space_id).replace("{host}", member(HOST)), **headers
    )


def within(template: str) -> Look:
    """Something in the host app's own page."""

    def look(town: Town, kind: str, space_id: SpaceId) -> Signature:
        with town.as_visitor(kind), town.world.app.test_request_context("/"):
            return 200, (), render_template_string(template, id=space_id)

    return look


def rings(town: Town, kind: str, space_id: SpaceId) -> Signature:
    """The rings around the faces of host and friend; a live one stands for the Space itself."""
    status, headers, text = town.get(kind, f"{API}/avatars?user_ids={member(HOST)},{member(FRIEND)}")
    is_lit = status == 200 and "live" in json.loads(text)["data"].values()
    return status, headers, f"{text} {TITLE if is_lit else ''}"


def replays(town: Town, kind: str, space_id: SpaceId) -> Signature:
    """The host's replays, on a profile in the host app's own page."""
    return within(f"{{{{ spaces_replays('{member(HOST)}').values() | join }}}}")(town, kind, space_id)


def with_token(path: str) -> Look:
    """The read API of an outside program, whoever looks at it."""

    def look(town: Town, _: str, space_id: SpaceId) -> Signature:
        return at(path, Authorization=f"Bearer {town.token}")(town, SIGNED_OUT, space_id)

    return look


def watching(town: Town, kind: str, space_id: SpaceId) -> Signature:
    """What a socket is told that subscribes."""
    socket = town.socket(kind)
    if not socket.is_connected(NAMESPACE):
        return 401, (), ""
    with town.as_visitor(kind):
        answer = socket.emit("subscribe", {"space_id": space_id}, namespace=NAMESPACE, callback=True)
    socket.disconnect(namespace=NAMESPACE)
    return 200, (), json.dumps(answer)


FIELDS = "space.fields=title,state&expansions=creator_id"
X_PATHS = {
    "by id": f"/2/spaces/{{id}}?{FIELDS}",
    "by ids": f"/2/spaces?ids={{id}}&{FIELDS}",
    "by creator": f"/2/spaces/by/creator_ids?user_ids={{host}}&{FIELDS}",
    "search": f"/2/spaces/search?query={WORD}&{FIELDS}",
}
NUMBERS = {"page": "/{id}/numbers", "file": "/{id}/numbers.csv", "API": f"{API}/spaces/{{id}}/numbers"}
ONLY_LIVE, ONLY_SCHEDULED, ONLY_OVER = frozenset({LIVE}), frozenset({SCHEDULED}), frozenset({OVER})
ALWAYS, ONCE_BEGUN = BOTH | ONLY_OVER, ONLY_LIVE | ONLY_OVER
ALL_BUT_THE_HOST = frozenset(VISITORS) - {HOST}
"""Whom no numbers are for."""
CLIPS = {
    "clip": at("/clips/{id}"),
    "card of a clip": at("/clips/{id}/card"),
    "clip in the page": within("{{ spaces_clip(id) }}"),
    "clips in the page": within("{{ spaces_clips([id]).values() | join }}"),
    "clip, API": at(f"{API}/clips/{{id}}"),
}
LISTS = (
    Surface("strip", at(f"{API}/strip"), ONLY_LIVE),
    Surface("strip of Spaces", at(f"{API}/strip?only_spaces=1"), ONLY_LIVE),
    Surface("strip in the page", within("{{ spaces_strip() }}"), ONLY_LIVE),
    Surface("rings", rings, ONLY_LIVE),
    Surface("list", at(f"{API}/spaces?state=all")),
    Surface("list of live ones", at(f"{API}/spaces?state=live"), ONLY_LIVE),
    Surface("list of upcoming ones", at(f"{API}/spaces?state=scheduled"), ONLY_SCHEDULED),
    Surface("list for you", at(f"{API}/spaces?state=all&scope=for_you"), ONLY_LIVE),
    Surface("list of what is elsewhere", at(f"{API}/spaces?state=all&scope=elsewhere"), frozenset()),
    Surface("list by topic", at(f"{API}/spaces?state=all&topic={TOPIC}")),
    Surface("search", at(f"{API}/spaces?state=all&query={WORD}")),
    Surface("directory", at("/"), is_public=True, besides=frozenset({"followed", "guest"})),
    Surface("replays of somebody", at(f"{API}/users/{{host}}/replays"), ONLY_OVER),
    Surface("replays in the page", replays, ONLY_OVER, is_public=True),
    Surface("directory, searched", at(f"/?query={WORD}"), is_public=True),
    *(Surface(f"X, {name}", at(path), is_by_id=name == "by ids") for name, path in X_PATHS.items() if name != "by id"),
)
BY_ID = (
    Surface("list by ids", at(f"{API}/spaces?ids={{id}}"), ALWAYS, is_by_id=True),
    Surface("page", at("/{id}"), ALWAYS, is_public=True, is_by_id=True),
    Surface("calendar", at("/{id}/calendar.ics"), ONLY_SCHEDULED, is_public=True, is_by_id=True),
    Surface("card", within("{{ spaces_card(id) }}"), ALWAYS, is_public=True, is_by_id=True),
    Surface("cards", within("{{ spaces_cards([id]).values() | join }}"), ALWAYS, is_public=True, is_by_id=True),
    Surface("snapshot", at(f"{API}/spaces/{{id}}"), ALWAYS, is_by_id=True),
    Surface("participants", at(f"{API}/spaces/{{id}}/participants"), frozenset(), is_by_id=True),
    Surface("pinned posts", at(f"{API}/spaces/{{id}}/cards"), frozenset(), is_by_id=True),
    Surface("recent speakers", at(f"{API}/spaces/{{id}}/recent-speakers"), frozenset(), is_by_id=True),
    Surface("the removed", at(f"{API}/spaces/{{id}}/removals"), frozenset(), is_by_id=True),
    # What is over stays in it.
    Surface("own ones in numbers", at("/numbers"), ONCE_BEGUN, besides=ALL_BUT_THE_HOST),
    *(
        Surface(f"numbers, {name}", at(path), ALWAYS, is_by_id=True, besides=ALL_BUT_THE_HOST)
        for name, path in NUMBERS.items()
    ),
    Surface("X, by id", at(X_PATHS["by id"]), is_by_id=True),
    Surface("X, posts", at("/2/spaces/{id}/tweets"), frozenset(), is_by_id=True),
    Surface("X, buyers", at("/2/spaces/{id}/buyers"), frozenset(), is_by_id=True),
    Surface("socket", watching, ALWAYS, is_by_id=True),
    # The Space's one clip has its id.
    *(
        Surface(name, look, ONCE_BEGUN, is_public=True, is_by_id=True, also=frozenset({"removed"}))
        for name, look in CLIPS.items()
    ),
    Surface(
        "sound of a clip",
        at("/clips/{id}/clip.m4a"),
        frozenset(),
        is_public=True,
        is_by_id=True,
        also=frozenset({"removed"}),
    ),
    Surface("clips of a Space", at(f"{API}/spaces/{{id}}/clips"), ONCE_BEGUN, is_public=True, is_by_id=True),
    Surface("recording", at(f"{API}/spaces/{{id}}/recording"), ONLY_OVER, is_by_id=True),
)
OUTSIDE = (
    *(
        Surface(
            f"X with a token, {name}",
            with_token(path),
            is_public=True,
            is_by_id=name.startswith("by id"),
            is_outside=True,
        )
        for name, path in X_PATHS.items()
    ),
    *(
        Surface(name, at(path), ALWAYS, is_public=True, is_by_id=True, is_outside=True)
        for name, path in (
            ("oEmbed", "/oembed?url=http://localhost/spaces/{id}"),
            ("embedded card", "/{id}/embed"),
        )
    ),
    Surface("sound of a replay", at("/{id}/replay.m3u8"), frozenset(), is_public=True, is_by_id=True, is_outside=True),
    *(
        Surface(name, at(path), ONCE_BEGUN, is_public=True, is_by_id=True, is_outside=True)
        for name, path in (
            ("oEmbed of a clip", "/oembed?url=http://localhost/spaces/clips/{id}"),
            ("embedded clip", "/clips/{id}/embed"),
        )
    ),
)
SURFACES = (*LISTS, *BY_ID, *OUTSIDE)


@contextmanager
def a_town(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Everybody in it, and no Space yet. All flags are on, and nothing that the host app says is remembered."""
    socketio = SocketIO()
    made: list[Spaces] = []
    notices: list[Notice] = []

    def prepare(app: Flask) -> None:
        socketio.init_app(app, async_mode="threading")

    def kept(*args: Any, **keywords: Any) -> Spaces:
        made.append(Spaces(*args, **{**keywords, "notify": notices.extend}))
        return made[-1]

    monkeypatch.setattr("tests.world.Spaces", kept)
    for module in ("services.breaker", "web.strip", "web.cards", "web.sound.clip_cards"):
        # On a busy machine, too, everything that may be seen is shown.
        monkeypatch.setattr(f"spaces_feature.{module}.SLOW", PATIENCE)
    settings = {"SPACES_FOLLOWEES_TTL": 0, "SPACES_PROFILES_TTL": 0, "SPACES_FLAGS": FLAGS}
    with a_world(path, prepare=prepare, socketio=socketio, **settings) as world:
        world.app.extensions["spaces"].background.stop()
        for kind in (*VISITORS[1:], FRIEND):
            world.identity.add(Profile(member(kind), kind.replace(" ", "-"), kind.title(), url=f"/@{kind}"))
            if kind not in (FRIEND, HOST):
                world.graph.follow(member(kind), member(FRIEND))
        for kind in ("follower", *OUT):
            world.graph.follow(member(kind), member(HOST))
        for kind in ("followed", *OUT):
            world.graph.follow(member(HOST), member(kind))
        world.graph.block(member(HOST), member("blocked"))
        world.graph.block(member("blocker"), member(HOST))
        world.identity.make_staff(UserId("1"))
        yield Town(world, made[0], socketio, batches=notices)


def open_space(town: Town, audience: str, state: str) -> None:
    """The Space begins, or is planned; ``protected`` and ``frozen`` ones are for everyone but for that."""
    said = audience if audience in set(Audience) else Audience.EVERYONE
    body = {"title": TITLE, "topic_ids": [TOPIC], "audience": said, "allows_guests": True}
    if state == SCHEDULED:
        tomorrow = town.world.clock() + timedelta(days=1)
        body |= {"cohost_ids": [member("guest")], "scheduled_start": tomorrow.isoformat()}
    made = town.call(HOST, "POST", "/spaces", body)
    town.space_id = SpaceId(made["space"]["id"])
    if state != SCHEDULED:
        bring_everybody(town)
        keep_a_clip(town)
    if state == OVER:
        keep_a_recording(town)
    if audience == "protected":
        town.world.identity.protect(member(HOST))
    town.world.identity.bar(member("barred"))
    if audience == "frozen":
        order = staff.Order(action=staff.StaffAction.FREEZE, reason="we look into it")
        staff.act(town.world.app.extensions["spaces"].seams, UserId("1"), town.space_id, order)


def bring_everybody(town: Town) -> None:
    """The friend goes on stage, the guest is asked to, and one member is removed."""
    seams, space_id = town.world.app.extensions["spaces"].seams, town.space_id
    attending.join(seams, member(HOST), space_id)
    inviting.invite(seams, member(HOST), space_id, member(FRIEND), Role.SPEAKER)
    attending.join(seams, member(FRIEND), space_id)
    inviting.accept(seams, member(FRIEND), space_id)
    inviting.invite(seams, member(HOST), space_id, member("guest"), Role.SPEAKER)
    moderating.remove(seams, member(HOST), space_id, member("removed"), "shouts")


def keep_a_clip(town: Town) -> None:
    """The host's clip of their own voice, made when the Space was for whomever it was for."""
    seams, now = town.world.app.extensions["spaces"].seams, town.world.clock()
    clip = Clip(
        id=town.space_id,
        space_id=town.space_id,
        maker_id=member(HOST),
        window=Window(0, 5_000),
        source=Source.BUFFER,
        created_at=now,
        expires_at=now + timedelta(days=30),
        state=ClipState.READY,
        path=f"clips/{town.space_id}/{'A' * 22}",
        speakers={member(HOST): 5_000},
        is_open=True,
    )
    with seams.store.begin() as work:
        space = work.lock(town.space_id)
        work.save(space, replace(space, consents={member(HOST): {"clips": True}}), now)
        work.add_clip(clip)


def keep_a_recording(town: Town) -> None:
    """The Space ends, with half a minute to replay."""
    hall = Hall(replace(town.world, seams=town.world.app.extensions["spaces"].seams))
    hall.recorded(town.world.space(town.space_id))


def shows(seen: Signature, space_id: SpaceId) -> bool:
    """Whether the Space came to light: its title, or its id, anywhere in status, headers and body."""
    told = json.dumps(seen)
    return TITLE in told or space_id in told
