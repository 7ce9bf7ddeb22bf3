"""A viewer's copy, event by event."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from spaces_feature.domain.replica import apply_event

PROFILE = {"name": "Ada"}


def a_copy(**more: Any) -> dict[str, Any]:
    """A copy at version 5 as a speaker has it: two on stage, two in line."""
    stage = [
        {"user_id": one, "is_muted": True, "is_blocked_by_me": one == "tim", "profile": PROFILE}
        for one in ("ada", "tim")
    ]
    requests = [{"user_id": one, "position": place, "profile": PROFILE} for place, one in enumerate(("bob", "eve"), 1)]
    me = {"user_id": "tim", "role": "speaker", "request": None, "permissions": ["listen"]}
    space = {"version": 5, "title": "Old", "participant_count": 2}
    copy = {
        "space": space,
        "stage": stage,
        "requests": requests,
        "invitations": [],
        "listeners": {"count": 0, "sample": []},
        "me": me,
    }
    return {**copy, **more}


def an_event(version: int | None = 6, after: int | None = 5, kind: str = "x", **data: Any) -> dict[str, Any]:
    return {"space_id": "s", "type": kind, "version": version, "after": after, "data": data}


@pytest.mark.parametrize(
    ("version", "after", "outcome"),
    [
        (6, 5, "taken"),
        (9, 5, "taken"),
        (9, 1, "taken"),
        (5, 4, "old"),
        (3, 1, "old"),
        (9, 6, "missed"),
        (7, 6, "missed"),
    ],
)
def test_an_event_is_taken_ignored_or_shows_a_gap(version: int, after: int, outcome: str) -> None:
    """At or below the own version: nothing. ``after`` at or below it: applied. Above: fetch the snapshot."""
    copy = a_copy()
    made = apply_event(copy, an_event(version, after, space={"title": "New"}))
    if outcome == "missed":
        assert made is None
    elif outcome == "old":
        assert made is copy
    else:
        assert made is not None
        assert (made["space"]["version"], made["space"]["title"]) == (version, "New")


def test_an_event_of_another_class_says_that_the_own_move_was_missed() -> None:
    """A speaker who is sent what the audience is sent is in the audience by now; the own class's event is taken."""
    assert apply_event(a_copy(), an_event(viewers="audience")) is None
    assert apply_event(a_copy(), an_event(viewers="stage")) is not None


def test_the_old_copy_is_left_untouched() -> None:
    """Events make a new copy; whoever drew the old one still holds what they drew."""
    copy = a_copy()
    before = deepcopy(copy)
    put = {"user_id": "tim", "is_muted": False}
    apply_event(copy, an_event(space={"title": "New"}, stage={"put": [put], "drop": [], "order": ["tim", "ada"]}))
    assert copy == before


def test_a_put_row_keeps_what_is_the_viewers_own() -> None:
    """Whom I blocked is known to me alone; a newcomer is not blocked unless my own snapshot says so."""
    rows = [{"user_id": "tim", "is_muted": False}, {"user_id": "new", "is_muted": True}]
    made = apply_event(a_copy(), an_event(stage={"put": rows, "drop": ["ada"], "order": ["new", "tim"]}))
    assert made is not None
    assert [(row["user_id"], row["is_muted"], row["is_blocked_by_me"]) for row in made["stage"]] == [
        ("new", True, False),
        ("tim", False, True),
    ]


def test_the_queue_is_numbered_by_its_order() -> None:
    """Positions are not sent; they follow from the order."""
    patch = {"put": [{"user_id": "zoe"}], "drop": ["bob"], "order": ["eve", "zoe"]}
    made = apply_event(a_copy(), an_event(requests=patch))
    assert made is not None
    assert [(row["user_id"], row["position"]) for row in made["requests"]] == [("eve", 1), ("zoe", 2)]


@pytest.mark.parametrize(("left", "mine"), [(1, 2), (2, 2), (3, 3), (4, 3), (None, 3)])
def test_who_waits_moves_up_when_somebody_before_them_goes(left: int | None, mine: int) -> None:
    """A place behind mine does not move me; my own place is told by my own snapshot."""
    me = {"user_id": "lin", "role": "listener", "request": {"state": "pending", "position": 3}, "permissions": []}
    data = {} if left is None else {"queue": {"left": left}}
    made = apply_event(a_copy(me=me), an_event(**data))
    assert made is not None
    assert made["me"]["request"]["position"] == mine


@pytest.mark.parametrize(("role", "mine"), [("speaker", ["listen", "step_down"]), ("listener", ["listen"])])
def test_permissions_are_taken_by_role(role: str, mine: list[str]) -> None:
    """One event serves a class with two roles."""
    me = {**a_copy()["me"], "role": role}
    made = apply_event(a_copy(me=me), an_event(permissions={"speaker": ["listen", "step_down"]}))
    assert made is not None
    assert made["me"]["permissions"] == mine


def test_a_snapshot_replaces_everything() -> None:
    """Who changed class is sent a whole snapshot in the event."""
    fresh = a_copy(requests=[])
    fresh["space"]["version"] = 6
    assert apply_event(a_copy(), an_event(snapshot=fresh, rejoin={"spread_ms": 0})) == fresh


@pytest.mark.parametrize(("role", "is_missed"), [("listener", True), ("speaker", False)])
def test_a_late_snapshot_of_another_class_says_that_the_move_was_missed(role: str, is_missed: bool) -> None:
    """Two commands told in the wrong order: the later one's event came while the viewer still counted as before."""
    copy = a_copy()
    copy["space"]["version"] = 7
    late = a_copy(me={**copy["me"], "role": role})
    made = apply_event(copy, an_event(6, 5, snapshot=late))
    assert made is (None if is_missed else copy)


def test_listeners_come_without_a_version() -> None:
    """Count, faces and number of participants are replaced, in whatever order they come; the version stays."""
    made = apply_event(a_copy(), an_event(None, None, "listeners", count=3, sample=[PROFILE], participant_count=5))
    assert made is not None
    assert made["listeners"] == {"count": 3, "sample": [PROFILE]}
    assert (made["space"]["participant_count"], made["space"]["version"]) == (5, 5)


def test_what_is_only_for_the_moment_leaves_the_copy_alone() -> None:
    """Who is talking is drawn, not kept."""
    copy = a_copy()
    assert apply_event(copy, an_event(None, None, "talking", user_id="ada", is_talking=True)) is copy
