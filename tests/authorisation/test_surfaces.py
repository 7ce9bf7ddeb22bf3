"""SEC-12, SEC-13, SEC-28: no surface shows a Space to somebody who may not see it, and every one does to who may.

The table of surfaces is in ``surfaces.py``; here is who may see what, by audience and by what became of the Space.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import request, request_started

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import Kill
from spaces_feature.services.flags import flag_kills
from spaces_feature.services.law import staff
from spaces_feature.services.planning import notifying
from spaces_feature.services.planning.agenda import Bell
from tests.authorisation.surfaces import (
    ABSENT,
    ALWAYS,
    BOTH,
    FRIEND,
    HOST,
    LISTS,
    LIVE,
    OVER,
    SCHEDULED,
    SIGNED_OUT,
    SURFACES,
    TITLE,
    VISITORS,
    Signature,
    Surface,
    Town,
    a_town,
    member,
    open_space,
    shows,
)
from tests.realtime.conftest import NAMESPACE

MAY_SEE = {
    "everyone": {SIGNED_OUT, "stranger", "follower", "followed", "guest", HOST},
    "followers": {"follower", "guest", HOST},
    "following": {"followed", "guest", HOST},
    "invited": {"guest", HOST},
    "protected": {"follower", "guest", HOST},
}
"""Who may see it, of ``VISITORS``; nobody of ``OUT`` ever may. Which is why they are followers, and followed.

The guest did not answer: once it is over they are nobody in particular.
"""
TOLD_WHY = {"removed", "barred"}
"""They know that it is there, and are told why they read nothing of it, where they ask by its id."""


NO_SPACE_THERE = {
    *("absent", "api_me", "api_topics", "api_bell", "api_own_cards", "events", "gate", "openapi", "static", "x_absent"),
    *("media", "media_gate"),
    *("api_flags", "api_flag", "api_flag_changes", "api_why_flag", "api_preview_flag"),
    *("api_audit", "api_reports", "staff_home", "staff_live", "staff_report", "staff_reports", "staff_space"),
    *("staff_flags", "staff_flag", "staff_history", "staff_history_csv", "staff_history_json"),
    *("staff_flag_numbers", "staff_flag_numbers_csv", "staff_health", "staff_health_csv"),
}
"""What can be read and shows no Space to members. Links to sound say nothing but sound, and the matrix says to whom;
what follows them is for staff, and in the matrix.
"""


@contextmanager
def town_with(path: Path, monkeypatch: pytest.MonkeyPatch, audience: str, state: str) -> Iterator[Town]:
    """A town with its Space."""
    with a_town(path, monkeypatch) as town:
        town.token = a_token(town)
        open_space(town, audience, state)
        yield town


def a_token(town: Town) -> str:
    """A token for an outside program, as the command line prints it: on the last line."""
    done = town.world.app.test_cli_runner().invoke(args=["spaces", "api-token", "create", "probe"])
    assert done.exit_code == 0, done.output
    return str(done.output).strip().splitlines()[-1]


def visitors(state: str) -> tuple[str, ...]:
    """Who comes by; nobody is removed from what has not begun."""
    return tuple(kind for kind in VISITORS if (kind, state) != ("removed", SCHEDULED))


def is_in_the_dark(town: Town, surface: Surface, kind: str, seen: Signature) -> bool:
    """Whether an answer says nothing of the Space: by its id, no more than of a Space that was never there."""
    if not surface.is_by_id:
        return not shows(seen, town.space_id)
    absent = surface.look(town, kind, ABSENT)
    return TITLE not in str(seen) and (kind in TOLD_WHY or as_absent(town, seen) == as_absent(town, absent))


def as_absent(town: Town, seen: Signature) -> Signature:
    """The answer as it would be had the other id been asked for: an answer may repeat what was asked, no more."""
    status, headers, text = seen
    length = [(key, value) for key, value in headers if key != "content-length"]
    return status, tuple(length), text.replace(town.space_id, ABSENT)


@pytest.mark.parametrize("state", sorted(ALWAYS))
@pytest.mark.parametrize("audience", MAY_SEE)
def test_no_surface_shows_what_may_not_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audience: str, state: str
) -> None:
    """SEC-12: every visitor on every surface; by its id a hidden Space is absent to the last byte. Who may sees it."""
    with town_with(tmp_path, monkeypatch, audience, state) as town:
        wrong = []
        for surface in SURFACES:
            may_see = MAY_SEE[audience] | (surface.also if SIGNED_OUT in MAY_SEE[audience] else set())
            if state == OVER and audience != "everyone":
                may_see = may_see - {"guest"}
            for kind in (SIGNED_OUT,) if surface.is_outside else visitors(state):
                seen = surface.look(town, kind, town.space_id)
                if kind not in may_see or (kind == SIGNED_OUT and not surface.is_public):
                    is_right = is_in_the_dark(town, surface, kind, seen)
                else:
                    is_right = state not in surface.states or kind in surface.besides or TITLE in seen[2]
                if not is_right:
                    wrong.append(f"{surface} to {kind}: {seen[0]} {seen[2][:300]}")
        assert not wrong, "\n".join(wrong)


def test_nothing_of_it_is_in_what_is_pushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new title is told of to the sockets of those who may see the Space; nothing names it to anybody else."""
    with town_with(tmp_path, monkeypatch, "followers", LIVE) as town:
        sockets = {kind: town.socket(kind) for kind in VISITORS if kind != SIGNED_OUT}
        for deed in ("PATCH", "POST"):
            path = f"/spaces/{town.space_id}" + ("/end" if deed == "POST" else "")
            town.call(HOST, deed, path, {"title": f"{TITLE} again"} if deed == "PATCH" else None)
            told = {kind: str(socket.get_received(NAMESPACE)) for kind, socket in sockets.items()}
            assert {kind for kind, words in told.items() if town.space_id in words} == MAY_SEE["followers"], deed
            assert not [kind for kind, words in told.items() if TITLE in words]


@pytest.mark.parametrize("audience", MAY_SEE)
@pytest.mark.parametrize("state", sorted(BOTH))
def test_nobody_is_notified_of_what_they_may_not_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audience: str, state: str
) -> None:
    """Everybody has the host's bell on: told are followers who may see it, and its guest; a block is stronger."""
    with a_town(tmp_path, monkeypatch) as town:
        for kind in set(visitors(state)) - {SIGNED_OUT, HOST}:
            town.world.graph.follow(member(kind), member(HOST))
            ring_for(town, kind)
        town.world.graph.unfollow(member("stranger"), member(HOST))
        town.world.graph.unfollow(member("followed"), member(HOST))
        open_space(town, audience, state)
        run_what_is_due(town)
        told = {one.user_id for one in town.batches if one.space_id == town.space_id}
        may = {member(kind) for kind in MAY_SEE[audience] - {SIGNED_OUT}} | {member(FRIEND)}
        assert told <= may, [one for one in town.batches if one.user_id not in may]
        assert member("guest") in told
        assert (member("follower") in told) is (member("follower") in may)


def test_reminded_is_only_who_may_still_see_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asked to be reminded, and was blocked or barred before it began, hears no more of it."""
    with town_with(tmp_path, monkeypatch, "everyone", SCHEDULED) as town:
        for kind in ("stranger", "follower", "followed"):
            town.call(kind, "PUT", f"/spaces/{town.space_id}/reminder", {"is_early": True})
        town.world.graph.block(member(HOST), member("stranger"))
        town.world.identity.bar(member("followed"))
        town.world.clock.advance(86_400)
        run_what_is_due(town)
        town.call(HOST, "POST", f"/spaces/{town.space_id}/start")
        run_what_is_due(town)
        subscribers = {one.user_id for one in town.batches if one.kind in ("soon", "started")}
        assert subscribers == {member("follower")}


@pytest.mark.parametrize(
    ("state", "deed"), [(LIVE, "staff end it"), (LIVE, "its host ends it"), (SCHEDULED, "its host cancels it")]
)
def test_what_is_over_is_in_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, deed: str) -> None:
    """SEC-28: with the commit that ends it a Space is gone from strip, rings, lists, search, directory and X's API."""
    with town_with(tmp_path, monkeypatch, "everyone", state) as town:
        if deed == "staff end it":
            order = staff.Order(action=staff.StaffAction.END, reason="threats")
            staff.act(town.world.app.extensions["spaces"].seams, UserId("1"), town.space_id, order)
        else:
            town.call(HOST, "POST", f"/spaces/{town.space_id}/{'end' if state == LIVE else 'cancel'}")
        assert listed(town, state) == []


def test_what_staff_froze_is_in_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-28: while staff look into it nobody new is led there; those who are in it stay."""
    with town_with(tmp_path, monkeypatch, "frozen", LIVE) as town:
        assert [line for line in listed(town, LIVE) if not line.endswith(f"to {HOST}")] == []
        assert TITLE in town.get("guest", f"/{town.space_id}")[2]


def test_what_nobody_began_in_time_is_in_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planned Space past its grace cannot be started and is in no list, though nothing swept it away."""
    with town_with(tmp_path, monkeypatch, "everyone", SCHEDULED) as town:
        late = town.world.app.extensions["spaces"].seams.config.schedule_late
        town.world.clock.advance(86_400 + late - 1)
        assert listed(town, SCHEDULED)
        town.world.clock.advance(2)
        assert listed(town, SCHEDULED) == []
        with town.as_visitor(HOST):
            answer = town.world.app.test_client().post(
                f"/spaces/api/v1/spaces/{town.space_id}/start", headers={"Origin": "http://localhost"}
            )
        assert (answer.status_code, answer.json["code"]) == (409, "wrong_state")
        with town.as_visitor("stranger"):
            snapshot = town.world.app.test_client().get(f"/spaces/api/v1/spaces/{town.space_id}").json
        assert (snapshot["space"]["state"], snapshot["space"]["end_reason"]) == ("canceled", "expired")


def test_with_spaces_off_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-28: killed for everybody, no surface says anything of any Space, not even to its host."""
    with town_with(tmp_path, monkeypatch, "everyone", LIVE) as town:
        flag_kills.kill(town.world.seams, None, "spaces.enabled", Kill.END)
        for surface in SURFACES:
            for kind in VISITORS:
                if surface.name == "socket":
                    continue
                seen = surface.look(town, kind, town.space_id)
                assert TITLE not in seen[2], (surface, kind, seen)
        assert not town.socket(HOST).is_connected(NAMESPACE)


def listed(town: Town, state: str) -> list[str]:
    """On which lists, and to whom, the Space is found."""
    return [
        f"{surface} to {kind}"
        for surface in LISTS
        for kind in visitors(state)
        if shows(surface.look(town, kind, town.space_id), town.space_id)
        and not (surface.is_by_id and TITLE not in surface.look(town, kind, town.space_id)[2])
    ]


def run_what_is_due(town: Town) -> None:
    """One turn of what a web process does by the clock."""
    while notifying.do_what_is_due(town.world.app.extensions["spaces"].seams):
        pass


def ring_for(town: Town, kind: str) -> None:
    """The visitor set the host's bell long ago, before what is between them now."""
    with town.world.seams.store.begin() as work:
        work.set_bell(member(HOST), member(kind), Bell.ALL)


def test_every_way_to_read_is_in_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new page, list or template function is looked at by a surface, or said to show no Space."""
    with town_with(tmp_path, monkeypatch, "everyone", LIVE) as town:
        app = town.world.app
        seen: set[str] = set()

        def note(_: object) -> None:
            seen.add(str(request.endpoint).removeprefix("spaces."))

        with request_started.connected_to(note, app):
            for surface in SURFACES:
                surface.look(town, HOST, town.space_id)
        rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("spaces.")]
        readable = {rule.endpoint.removeprefix("spaces.") for rule in rules if "GET" in (rule.methods or ())}
        assert readable - seen == NO_SPACE_THERE
        functions = {name for name in app.jinja_env.globals if name.startswith("spaces_")}
        assert functions == {
            "spaces_strip",
            "spaces_card",
            "spaces_cards",
            "spaces_replays",
            "spaces_clip",
            "spaces_clips",
        }
