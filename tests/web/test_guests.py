"""Who listens signed out: counted, never named, never heard, and gone when the host or a flag says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from spaces_feature.domain.ids import GUEST, GUEST_LENGTH, UserId, is_guest
from spaces_feature.domain.rollout import Kill
from spaces_feature.domain.space import Role
from spaces_feature.errors import Conflict
from spaces_feature.services import moderating, presence
from spaces_feature.services.access import who_may_know
from spaces_feature.services.flags import flag_kills
from spaces_feature.services.law.law import enforce, everyone_in
from spaces_feature.services.planning import inviting
from spaces_feature.web.guest import COOKIE, LIFE
from tests.web.conftest import with_csrf_protect
from tests.web.visitor import GOOD_BODIES, Visitor, routes, url_of
from tests.world import World, a_world

FLAGS = {"spaces.guests": True}
ALLOWED = {"get_space", "join", "heartbeat", "leave", "measure"}
ABSENT = "0123456789abc"
SOMEBODY = UserId(f"{GUEST}{'x' * GUEST_LENGTH}")


class Narrow:
    """A port that fails the test when it is asked about a guest."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        def ask(*given: Any, **named: Any) -> Any:
            about = [one for value in given for one in ([value] if isinstance(value, str) else value)]
            assert not [one for one in about if is_guest(one)], f"{name} was asked about a guest"
            return method(*given, **named)

        return ask


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world that takes guests, whose host app is never asked about one."""
    with a_world(tmp_path, SPACES_FLAGS=FLAGS) as made:
        made.app.extensions["spaces"].background.stop()
        seams = made.app.extensions["spaces"].seams
        for whose in (made.seams, seams, seams.memory):
            for port in ("graph", "_graph", "_identity"):
                if hasattr(whose, port):
                    object.__setattr__(whose, port, Narrow(getattr(whose, port)))
        yield made


@pytest.fixture
def space_id(world: World) -> str:
    """Ada's live Space for everyone, guests too."""
    return Visitor(world, "ada").start(allows_guests=True)


def join(visitor: Visitor, space_id: str) -> TestResponse:
    """Ask to listen."""
    return visitor.post(f"/spaces/{space_id}/join")


def a_guest(world: World, space_id: str) -> Visitor:
    """Somebody signed out who listens."""
    guest = Visitor(world, None)
    assert join(guest, space_id).status_code == 200
    return guest


def guests_in(world: World, space_id: str) -> list[str]:
    """The ids of the guests who are in a Space."""
    with world.seams.store.begin() as work:
        return [user_id for user_id in everyone_in(work, world.space(space_id)) if is_guest(user_id)]


def keep_law(world: World, space_id: str) -> None:
    """What the reconciler does every two seconds."""
    with world.seams.store.begin() as work:
        people = everyone_in(work, world.space(space_id))
    enforce(world.seams, world.space(space_id), people)


def test_a_guest_listens_and_may_do_nothing_else(world: World, space_id: str) -> None:
    """The answer is a member's with a role, one permission, and a grant to hear without being seen or heard."""
    joined = join(Visitor(world, None), space_id).json
    assert is_guest(joined["snapshot"]["me"]["user_id"])
    assert joined["snapshot"]["me"]["role"] == "listener"
    assert joined["snapshot"]["me"]["permissions"] == ["listen"]
    assert joined["is_anonymous"] is True
    claims = world.media.read_token(joined["token"])
    assert claims is not None
    assert claims.rights.can_publish is False
    assert claims.rights.is_hidden is True


def test_a_guest_is_counted_and_never_shown(world: World, space_id: str) -> None:
    """Everybody sees one listener more and no face; those who run the Space see "Anonymous 1"."""
    a_guest(world, space_id)
    seen = Visitor(world, "grace").get(f"/spaces/{space_id}").json
    assert seen["listeners"] == {"count": 1, "sample": []}
    assert Visitor(world, "grace").get(f"/spaces/{space_id}/participants").json["data"] == []
    (row,) = Visitor(world, "ada").get(f"/spaces/{space_id}/participants").json["data"]
    assert row["profile"]["name"] == "Anonymous 1"
    assert GUEST not in row["user_id"]


def test_a_guest_is_the_same_one_by_the_cookie(world: World, space_id: str) -> None:
    """Joining again renews the one stay; another browser is another guest."""
    guest = a_guest(world, space_id)
    first = guests_in(world, space_id)
    assert join(guest, space_id).status_code == 200
    assert guests_in(world, space_id) == first
    a_guest(world, space_id)
    assert len(guests_in(world, space_id)) == 2


def test_the_cookie_tells_scripts_and_other_sites_nothing(world: World, space_id: str) -> None:
    """It is HttpOnly and SameSite, says nothing of anybody, and comes with a join alone."""
    guest = Visitor(world, None)
    assert "Set-Cookie" not in guest.page(f"/spaces/{space_id}").headers
    cookie = join(guest, space_id).headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Set-Cookie" not in guest.get(f"/spaces/{space_id}").headers


def test_the_whole_visit_of_a_guest(world: World, space_id: str) -> None:
    """They beat, read and leave; after twelve hours, or with a cookie that nobody signed, they are nobody."""
    guest = a_guest(world, space_id)
    assert guest.post(f"/spaces/{space_id}/heartbeat").status_code == 204
    assert guest.get(f"/spaces/{space_id}").json["me"]["permissions"] == ["listen"]
    assert guest.post(f"/spaces/{space_id}/leave").status_code == 204
    assert guests_in(world, space_id) == []
    world.clock.advance(LIFE.total_seconds() + 1)
    assert guest.get(f"/spaces/{space_id}").json["code"] == "not_signed_in"
    for forged in ("", "x", "y" * 1000, SOMEBODY, f"{'x' * GUEST_LENGTH}.AAAA.BBBB"):
        guest.client.set_cookie(COOKIE, forged)
        assert guest.get(f"/spaces/{space_id}").json["code"] == "not_signed_in"


def test_everything_else_is_for_members(world: World, space_id: str) -> None:
    """A guest who is in gets the 401 of the signed out from every other route, and nothing changes."""
    guest = a_guest(world, space_id)
    before = Visitor(world, "ada").get(f"/spaces/{space_id}").json
    for route in routes():
        if route.name not in ALLOWED and not route.public:
            answer = guest.call(route.method, url_of(route, space_id), GOOD_BODIES.get(route.name))
            assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in"), route.name
    assert Visitor(world, "ada").get(f"/spaces/{space_id}").json == before
    assert {route.name for route in routes() if route.guests} == ALLOWED


@pytest.mark.parametrize(
    "fields", [{}, {"allows_guests": False}, {"allows_guests": True, "audience": "followers"}], ids=str
)
def test_where_no_guests_are_let_in_they_are_signed_out(world: World, fields: dict[str, Any]) -> None:
    """A Space that takes none, and one that does not exist, give every guest's call the same 401."""
    open_one = Visitor(world, "ada").start(allows_guests=True)
    guest = a_guest(world, open_one)
    closed = Visitor(world, "alan").start(**fields)
    for visitor in (guest, Visitor(world, None)):
        for route in routes(on_a_space=True):
            if route.name in ALLOWED:
                answers = {
                    visitor.call(route.method, url_of(route, space_id)).data for space_id in (closed, ABSENT, "x")
                }
                assert len(answers) == 1, route.name
                assert b"not_signed_in" in answers.pop(), route.name


def test_a_protected_host_has_no_guests(world: World, space_id: str) -> None:
    """An account that is open to its followers only has nobody listening whom it does not know."""
    world.identity.protect(world.user("ada"))
    assert join(Visitor(world, None), space_id).status_code == 401


def test_without_the_flag_there_are_no_guests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switched off they are put out, nobody comes in, and no host may let them; signed out is signed out."""
    with a_world(tmp_path, SPACES_FLAGS=FLAGS) as closing:
        closing.app.extensions["spaces"].background.stop()
        space_id = Visitor(closing, "ada").start(allows_guests=True)
        guest = a_guest(closing, space_id)
        flag_kills.kill(closing.seams, None, "spaces.guests", Kill.END)
        keep_law(closing, space_id)
        assert guests_in(closing, space_id) == []
        for visitor in (guest, Visitor(closing, None)):
            assert join(visitor, space_id).json["code"] == "not_signed_in"
        refused = Visitor(closing, "alan").post("/spaces", {"title": "Open", "allows_guests": True})
        assert (refused.status_code, refused.json["code"]) == (403, "switched_off")


@pytest.mark.parametrize("closing", [{"allows_guests": False}, {"audience": "followers"}], ids=str)
def test_guests_are_put_out_when_the_host_closes_the_door(world: World, space_id: str, closing: dict[str, Any]) -> None:
    """The next look at the law ends their stays and tells the SFU; members who are inside stay."""
    world.seams.graph._port.follow(world.user("grace"), world.user("ada"))
    guest, grace = a_guest(world, space_id), Visitor(world, "grace")
    assert join(grace, space_id).status_code == 200
    keep_law(world, space_id)
    assert len(guests_in(world, space_id)) == 1
    assert Visitor(world, "ada").call("PATCH", f"/spaces/{space_id}", closing).status_code == 200
    keep_law(world, space_id)
    assert guests_in(world, space_id) == []
    assert grace.post(f"/spaces/{space_id}/heartbeat").status_code == 204
    assert join(guest, space_id).json["code"] == "not_signed_in"


def test_a_removed_guest_does_not_come_back(world: World, space_id: str) -> None:
    """Removed by the pseudonym, they are told so with the same cookie; another guest is let in."""
    guest, ada = a_guest(world, space_id), Visitor(world, "ada")
    (row,) = ada.get(f"/spaces/{space_id}/participants").json["data"]
    removed = ada.post(f"/spaces/{space_id}/removals", {"user_id": row["user_id"], "reason": "Plays music"})
    assert removed.status_code == 200
    assert guests_in(world, space_id) == []
    assert join(guest, space_id).json["code"] == "removed"
    (listed,) = ada.get(f"/spaces/{space_id}/removals").json["data"]
    assert listed["profile"]["name"] == "Anonymous 1"
    a_guest(world, space_id)


def test_nobody_brings_a_guest_on_stage(world: World, space_id: str) -> None:
    """Invited by an id or a pseudonym, they are refused like somebody who does not exist."""
    a_guest(world, space_id)
    (guest,) = guests_in(world, space_id)
    for whom in (guest, SOMEBODY):
        with pytest.raises(Conflict) as refused:
            inviting.invite(world.seams, world.user("ada"), world.space(space_id).id, UserId(whom), Role.SPEAKER)
        assert refused.value.code == "not_welcome"


def test_who_signs_in_is_a_member(world: World, space_id: str) -> None:
    """With the cookie still there the member calls, under their name."""
    guest = a_guest(world, space_id)
    guest.user_id = world.user("grace")
    joined = join(guest, space_id).json
    assert joined["snapshot"]["me"]["user_id"] == world.user("grace")
    assert "ask_to_speak" in joined["snapshot"]["me"]["permissions"]


def test_foreign_pages_make_no_guests(world: World, space_id: str) -> None:
    """A join from another site is refused, and no cookie is made, with and without one there."""
    foreign = Visitor(world, None, {"Origin": "https://evil.example"})
    answer = join(foreign, space_id)
    assert (answer.status_code, answer.json["code"]) == (403, "csrf")
    assert "Set-Cookie" not in answer.headers
    guest = a_guest(world, space_id)
    guest._headers = {"Sec-Fetch-Site": "cross-site"}
    assert guest.post(f"/spaces/{space_id}/leave").json["code"] == "csrf"
    assert len(guests_in(world, space_id)) == 1


def test_the_hosts_token_is_asked_of_guests_too(tmp_path: Path) -> None:
    """Where the host has Flask-WTF a guest's page carries its token, like everybody's."""
    with a_world(tmp_path, prepare=with_csrf_protect, SPACES_FLAGS=FLAGS) as guarded:
        guarded.app.extensions["spaces"].background.stop()
        guest, space_id = Visitor(guarded, None), guarded.go_live("ada", allows_guests=True).id
        assert join(guest, space_id).json["code"] == "csrf"
        token = guest.client.get("/token").text
        assert guest.post(f"/spaces/{space_id}/join", X_CSRFToken=token).status_code == 200


def test_one_address_brings_so_many_guests(tmp_path: Path) -> None:
    """Past the allowance a new guest is told to wait; who is a guest already comes back, and other addresses may."""
    settings = {"SPACES_FLAGS": FLAGS, "SPACES_RATE_LIMIT_FACTOR": 1, "SPACES_GUESTS_PER_ADDRESS": 2}
    with a_world(tmp_path, **settings) as crowded:
        crowded.app.extensions["spaces"].background.stop()
        space_id = Visitor(crowded, "ada").start(allows_guests=True)

        def ask(visitor: Visitor, address: str) -> TestResponse:
            visitor.client.environ_base["REMOTE_ADDR"] = address
            return join(visitor, space_id)

        first = Visitor(crowded, None)
        assert [ask(one, "198.51.100.7").status_code for one in (first, Visitor(crowded, None))] == [200, 200]
        refused = ask(Visitor(crowded, None), "198.51.100.7")
        assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
        assert ask(first, "198.51.100.7").status_code == 200
        assert ask(Visitor(crowded, None), "198.51.100.8").status_code == 200


def test_a_guest_moves_from_one_space_to_another(world: World, space_id: str) -> None:
    """One browser is in one place, as a member is."""
    guest = a_guest(world, space_id)
    other = Visitor(world, "alan").start(allows_guests=True)
    assert join(guest, other).status_code == 200
    assert guests_in(world, space_id) == []
    assert len(guests_in(world, other)) == 1


def test_services_never_ask_the_host_app_about_guests(world: World, space_id: str) -> None:
    """A list, a removal, faces and the end: the ports of this world would have failed the test."""
    a_guest(world, space_id)
    (guest,) = guests_in(world, space_id)
    space = world.space(space_id)
    assert who_may_know(world.seams, space, [UserId(guest)]) == frozenset()
    assert world.seams.memory.profiles([UserId(guest)])[UserId(guest)].name == "Guest"
    rows = presence.participants(world.seams, space.host_id, space.id, None)["data"]
    moderating.remove(world.seams, space.host_id, space.id, rows[0]["user_id"], "")
    assert Visitor(world, "ada").post(f"/spaces/{space_id}/end").status_code == 200
