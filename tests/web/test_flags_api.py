"""The flags API as a program that we did not write uses it: the names, numbers and refusals of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from spaces_feature import Spaces
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import BUCKETS, bucket
from spaces_feature.flags import FLAGS
from spaces_feature.services.pulse import Pulse
from spaces_feature.testing.members import FakeMembers
from tests.web.conftest import Visit
from tests.web.visitor import API, SAME_ORIGIN, Visitor
from tests.world import NAMES, World, a_world

HOST = "/flags/spaces.host"
CONTRACT = {"key", "type", "value", "default", "percent", "allow", "deny", "rules", "is_killed", "version"}
SETTINGS: dict[str, Any] = {"SPACES_FLAGS": {"spaces.host": False, "spaces.schedule": False}}


@pytest.fixture
def members() -> FakeMembers:
    """The world's members by their names; of ada and alan the host app says more."""
    found = FakeMembers({UserId(str(number)): name for number, name in enumerate(NAMES, 1)})
    found.describe(UserId("1"), platform="ios", followers=612)
    found.describe(UserId("3"), platform="android", followers=12)
    found.give_roles(UserId("7"), "viewer", "editor", "killer")
    return found


@pytest.fixture
def opened(members: FakeMembers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AbstractContextManager[World]:
    """A world of a host that says who its members are, not yet entered; hosting is open to nobody."""
    monkeypatch.setattr("tests.world.Spaces", lambda *args, **ports: Spaces(*args, **{**ports, "members": members}))
    return a_world(tmp_path, **SETTINGS)


@pytest.fixture
def world(opened: AbstractContextManager[World]) -> Iterator[World]:
    with opened as made:
        made.app.extensions["spaces"].background.stop()
        made.identity.make_staff(made.user("pam"))
        yield made


@pytest.fixture
def visit(world: World) -> Visit:
    return lambda name: Visitor(world, name)


@pytest.fixture
def pam(visit: Visit) -> Visitor:
    """The product manager's program."""
    return visit("pam")


def put(pam: Visitor, path: str = HOST, **what: Any) -> dict[str, Any]:
    """Decide something about the flag as it stands now; returns the flag."""
    answer = pam.put(path, {"version": pam.get(path).json["version"], "reason": "For a test", **what})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def has(visitor: Visitor, key: str = "spaces.host") -> bool:
    """What the member's own page is told."""
    found: bool = visitor.get("/me").json["flags"][key]
    return found


def who_has(visit: Visit, key: str = "spaces.host") -> set[str]:
    """All members of the world who have a flag."""
    return {name for name in NAMES if has(visit(name), key)}


def test_the_list_is_as_the_contract_says(pam: Visitor) -> None:
    """Every flag once, each with its names and types; a flag alone is the same as in the list."""
    listing = pam.get("/flags").json["data"]
    assert [row["key"] for row in listing] == [flag.key for flag in FLAGS]
    for row in listing:
        assert row.keys() >= CONTRACT
        kind = {"boolean": bool, "integer": int}[row["type"]]
        assert type(row["value"]) is type(row["default"]) is kind
        assert row["percent"] is None or 0 <= row["percent"] <= 100
        assert (row["allow"], row["deny"], row["rules"], row["is_killed"]) == ([], [], [], False)
        assert row["version"] == 0
    (limit,) = [row for row in listing if row["key"] == "spaces.max_speakers"]
    assert (limit["type"], limit["value"], limit["default"], limit["percent"]) == ("integer", 10, 10, None)
    assert pam.get(HOST).json == next(row for row in listing if row["key"] == "spaces.host")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/flags", None),
        ("GET", HOST, None),
        ("GET", "/flags/spaces.nothing", None),
        ("PUT", HOST, {"version": 0, "reason": "Mine", "percent": 100}),
        ("POST", f"{HOST}/kill", {"mode": "end"}),
        ("POST", f"{HOST}/revive", None),
        ("GET", f"{HOST}/why?user_id=ada", None),
    ],
)
def test_flags_are_for_staff(visit: Visit, pam: Visitor, method: str, path: str, body: Any) -> None:
    """Signed out is a 401 problem, a member gets a 403 problem, whether the flag exists or not; nothing is changed."""
    before = pam.get(HOST).json
    for visitor, status, code in ((visit(None), 401, "not_signed_in"), (visit("ada"), 403, "staff_only")):
        answer = visitor.call(method, path, body)
        assert (answer.status_code, answer.mimetype, answer.json["code"]) == (status, "application/problem+json", code)
    assert pam.get(HOST).json == before


def test_a_percentage_reaches_members_one_by_one(visit: Visit, pam: Visitor) -> None:
    """At 0 nobody, at 50 those whose bucket is below it, at 100 all: in ``GET /me`` and at the door, at once."""
    below = {name for number, name in enumerate(NAMES, 1) if bucket("spaces.host", UserId(str(number))) < BUCKETS / 2}
    inside, outside = sorted(below)[0], sorted(set(NAMES) - below)[0]
    for percent, expected in ((0, set()), (50, below), (100, set(NAMES)), (50, below), (0, set())):
        done = put(pam, percent=percent)
        assert (done["percent"], done["default"]) == (percent, False)
        assert done["value"] is ("pam" in expected)
        assert who_has(visit) == expected
    put(pam, percent=50)
    assert visit(inside).post("/spaces", {"title": "Night trains"}).status_code == 201
    refused = visit(outside).post("/spaces", {"title": "Night trains"})
    assert (refused.status_code, refused.json["code"], refused.json["flag"]) == (403, "not_open_yet", "spaces.host")


def test_lists_take_user_names_and_ids(visit: Visit, pam: Visitor) -> None:
    """However they are written they are kept as ids; who is on both lists is out; the others stay as they were."""
    done = put(pam, percent=0, allow=["ada", "@Grace", "3"], deny=["ada"])
    assert (done["allow"], done["deny"]) == (["1", "2", "3"], ["1"])
    assert who_has(visit) == {"grace", "alan"}
    assert put(pam, deny=[])["allow"] == ["1", "2", "3"]
    assert who_has(visit) == {"ada", "grace", "alan"}


def test_who_is_unknown_is_named_and_nothing_changes(visit: Visit, pam: Visitor) -> None:
    """One wrong name in a list: 422 with the name, and not one of the others is let in."""
    answer = pam.put(HOST, {"version": 0, "reason": "A first few", "allow": ["ada", "nobody-here"]})
    assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, "unknown_members", "allow")
    assert answer.json["unknown"] == ["nobody-here"]
    assert (pam.get(HOST).json["version"], who_has(visit)) == (0, set())


def test_rules_ask_what_the_host_app_says(visit: Visit, pam: Visitor) -> None:
    """A rule of two conditions meets whom both are true of, beside the percentage; it reads back as it was put."""
    big_on_ios = [
        {"attribute": "platform", "op": "eq", "value": "ios"},
        {"attribute": "followers", "op": "gte", "value": 600},
    ]
    done = put(pam, percent=0, rules=[{"id": "r1", "when": big_on_ios, "value": True}])
    assert done["rules"] == [{"id": "r1", "when": big_on_ios, "value": True}]
    assert who_has(visit) == {"ada"}
    put(pam, rules=[{"when": [{"attribute": "cohort", "op": "eq", "value": "staff"}], "value": True}])
    assert who_has(visit) == {"pam"}


def test_a_number_is_set_for_all(visit: Visit, pam: Visitor) -> None:
    """A limit takes a number and neither a percentage nor a yes."""
    path = "/flags/spaces.max_speakers"
    assert put(pam, path, default=13)["value"] == 13
    assert visit("ada").get("/me").json["flags"]["spaces.max_speakers"] == 13
    for wrong in ({"default": True}, {"percent": 50}, {"default": -1}):
        answer = pam.put(path, {"version": 1, "reason": "For a test", **wrong})
        assert (answer.status_code, answer.json["field"]) == (422, next(iter(wrong)))
    assert pam.get(path).json["default"] == 13


def test_what_was_not_seen_is_not_overwritten(pam: Visitor) -> None:
    """Of two who saw version 0 the second gets 409 with what is different by now, and may decide again."""
    put(pam, percent=5)
    late = {"version": 0, "reason": "More of them", "percent": 25}
    answer = pam.put(HOST, late)
    assert (answer.status_code, answer.json["code"], answer.json["version"]) == (409, "stale_version", 1)
    assert answer.json["difference"]["percent"] == {"was": None, "theirs": 5, "yours": 25}
    assert pam.get(HOST).json["percent"] == 5
    assert pam.put(HOST, {**late, "version": 1}).json["percent"] == 25


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": 0, "percent": 5}, "reason"),
        ({"version": 0, "percent": 5, "reason": ""}, "reason"),
        ({"percent": 5, "reason": "For a test"}, "version"),
        ({"version": 0, "reason": "For a test", "percent": 100.1}, "percent"),
        ({"version": 0, "reason": "For a test", "percent": -1}, "percent"),
        ({"version": 0, "reason": "For a test", "percent": 0.0005}, "percent"),
        ({"version": 0, "reason": "For a test", "default": 1}, "default"),
        ({"version": 0, "reason": "For a test", "who": ["ada"]}, ""),
    ],
    ids=str,
)
def test_bad_input_changes_nothing(pam: Visitor, body: dict[str, Any], field: str) -> None:
    """Without a reason, without a version, out of range or unknown: a 422 problem that names the field."""
    answer = pam.put(HOST, body)
    assert answer.status_code == 422, answer.text
    assert answer.json.get("field", "") == field
    assert pam.get(HOST).json["version"] == 0


@pytest.mark.parametrize("mode", ["no_new", "end"])
def test_a_kill_switch_lies_over_what_was_decided(visit: Visit, pam: Visitor, mode: str) -> None:
    """Off for everybody whoever is on a list, said so with who, when and why; released, it is what was decided."""
    put(pam, percent=100, allow=["ada"])
    killed = pam.post(f"{HOST}/kill", {"mode": mode, "reason": "It hums"}).json
    assert (killed["is_killed"], killed["value"], killed["percent"], killed["version"]) == (True, False, 100, 1)
    assert (killed["kill"]["mode"], killed["kill"]["reason"]) == (mode, "It hums")
    assert killed["kill"]["by"]["username"] == "pam"
    assert who_has(visit) == set()
    assert put(pam, percent=50)["is_killed"] is True
    assert who_has(visit) == set()
    revived = pam.post(f"{HOST}/revive", {"reason": "Mended"}).json
    assert (revived["is_killed"], revived["kill"]) == (False, None)
    assert "ada" in who_has(visit)


def test_one_click_needs_no_body(pam: Visitor) -> None:
    """Killing without a word keeps new things from beginning; again, and reviving twice, changes no more."""
    for _ in range(2):
        assert pam.post(f"{HOST}/kill").json["kill"]["mode"] == "no_new"
    for _ in range(2):
        assert pam.post(f"{HOST}/revive").json["is_killed"] is False
    answer = pam.post("/flags/spaces.max_speakers/kill")
    assert (answer.status_code, answer.json["code"]) == (422, "no_kill_switch")


def test_end_ends_what_runs_and_no_new_does_not(visit: Visit, pam: Visitor) -> None:
    """A live Space goes on under ``no_new``, and is over with ``end``: both before the answer is there."""
    put(pam, percent=100)
    space_id = visit("ada").start()
    pam.post(f"{HOST}/kill", {"mode": "no_new"})
    assert visit("grace").get(f"/spaces/{space_id}").json["space"]["state"] == "live"
    refused = visit("alan").post("/spaces", {"title": "Night trains"})
    assert (refused.status_code, refused.json["code"]) == (403, "switched_off")
    pam.post(f"{HOST}/kill", {"mode": "end"})
    space = visit("ada").get(f"/spaces/{space_id}").json["space"]
    assert (space["state"], space["end_reason"]) == ("ended", "switched_off")


@pytest.mark.parametrize("deed", ["decided", "no_new", "end"])
def test_all_of_it_works_while_spaces_are_off(visit: Visit, pam: Visitor, deed: str) -> None:
    """Off by decision or by kill switch there is nothing for members; staff read, decide, ask why, and open again."""
    everything = "/flags/spaces.enabled"
    if deed == "decided":
        assert put(pam, everything, default=False)["value"] is False
    else:
        assert pam.post(f"{everything}/kill", {"mode": deed}).json["value"] is False
    assert visit("ada").get("/me").status_code == 404
    assert len(pam.get("/flags").json["data"]) == len(FLAGS)
    assert put(pam, percent=100)["value"] is False
    why = pam.get(f"{HOST}/why?user_id=ada").json
    assert (why["value"], why["reason"]) == (False, "prerequisite" if deed == "decided" else "killed")
    if deed == "decided":
        put(pam, everything, default=True)
    else:
        pam.post(f"{everything}/revive")
    assert who_has(visit) == set(NAMES)


def test_why_tells_who_is_in_and_who_is_not(pam: Visitor) -> None:
    """By id or by user name: value, variant, the step that decided, and all that were looked at before it."""
    put(pam, percent=50, allow=["linus"], deny=["tim"])
    for number, name in enumerate(NAMES, 1):
        place = bucket("spaces.host", UserId(str(number)))
        is_in, reason = {"linus": (True, "allowed"), "tim": (False, "denied")}.get(
            name, (place < BUCKETS / 2, "percentage")
        )
        why = pam.get(f"{HOST}/why?user_id={number}").json
        assert (why["user_id"], why["value"], why["variant"]) == (str(number), is_in, "on" if is_in else "off")
        assert why["reason"] == reason
        assert why["bucket"] == (place / 1000 if reason == "percentage" else None)
        assert [line["step"] for line in why["trace"]][:3] == ["killed", "prerequisite", "denied"]
        assert [line["is_match"] for line in why["trace"]][:-1].count(True) == 0
        assert why["trace"][-1]["is_match"]
        assert why == pam.get(f"{HOST}/why?user_id={name}").json == pam.get(f"{HOST}/why?user_id=@{name}").json
    assert pam.get("/flags/spaces.max_speakers/why?user_id=ada").json["variant"] == "10"


@pytest.mark.parametrize("query", ["", "?user_id=", "?user_id=nobody-here", "?user_id=%00"])
def test_why_of_nobody_is_not_found(pam: Visitor, query: str) -> None:
    """Whom nobody knows there is nothing to say about."""
    answer = pam.get(f"{HOST}/why{query}")
    assert (answer.status_code, answer.json["code"]) == (404, "no_member")


@pytest.mark.parametrize("moment", ["9999-12-31T23:00:00Z", "0001-01-01T00:00:00+14:00", "2025-01-01T00:00:00Z"])
def test_a_ramp_begins_soon(pam: Visitor, moment: str) -> None:
    """The year 9999 is no plan, and last year no start."""
    body = {"version": 0, "reason": "Step by step", "steps": [{"percent": 10, "hold_h": 24}], "starts_at": moment}
    answer = pam.post(f"{HOST}/ramp", body)
    assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, "bad_ramp", "starts_at")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "9" * 400])
def test_what_no_browser_could_read_is_refused(world: World, pam: Visitor, number: str) -> None:
    """A number that is none, or that no column holds: 422, and flags stay JSON."""
    rule = f'{{"when": [{{"attribute": "followers", "op": "gte", "value": {number}}}]}}'
    for method, path, body in (
        ("PUT", HOST, f'{{"version": 0, "reason": "For a test", "rules": [{rule}]}}'),
        ("POST", f"{HOST}/revert", f'{{"version": 0, "reason": "For a test", "to_version": {number}}}'),
    ):
        with pam.signed_in():
            answer = pam.client.open(
                f"{API}{path}", method=method, data=body, content_type="application/json", headers=SAME_ORIGIN
            )
        assert answer.status_code in (400, 422), answer.text
    assert pam.get(HOST).json["version"] == 0


@pytest.mark.parametrize("moment", [0, 1_795_000_000, "tomorrow", True], ids=str)
def test_a_ramp_begins_at_a_moment_that_is_written_out(pam: Visitor, moment: Any) -> None:
    """JSON has moments as words; a number would be taken for one by chance."""
    ramp = {"version": 0, "reason": "Step by step", "steps": [{"percent": 10, "hold_h": 24}]}
    answer = pam.post(f"{HOST}/ramp", {**ramp, "starts_at": moment})
    assert (answer.status_code, answer.json["field"]) == (422, "starts_at")
    begun = pam.post(f"{HOST}/ramp", {**ramp, "starts_at": "2026-11-24T10:00:00+01:00"}).json
    assert begun["ramp"]["next_at"] == "2026-11-24T09:00:00.000Z"


def test_an_unknown_flag_is_not_found(pam: Visitor) -> None:
    """To staff it is said: 404 on every path below it."""
    path = "/flags/spaces.nothing"
    answers = [pam.get(path), pam.put(path, {"version": 0, "reason": "For a test"}), pam.post(f"{path}/kill")]
    answers += [pam.post(f"{path}/revive"), pam.get(f"{path}/why?user_id=ada")]
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(404, "no_flag")] * len(answers)


def test_another_process_follows_within_a_second(world: World, visit: Visit, pam: Visitor, tmp_path: Path) -> None:
    """What is decided, killed and revived through one process holds in another after its next beat, unrestarted."""
    below = {name for number, name in enumerate(NAMES, 1) if bucket("spaces.host", UserId(str(number))) < BUCKETS / 2}
    with a_world(tmp_path, **SETTINGS) as elsewhere:
        elsewhere.app.extensions["spaces"].background.stop()
        pulse = Pulse(elsewhere.app.extensions["spaces"].seams)

        def there() -> set[str]:
            """Who has it in the other process a second later."""
            elsewhere.clock.advance(1)
            pulse.beat()
            return who_has(lambda name: Visitor(elsewhere, name))

        assert there() == set()
        put(pam, percent=50)
        assert there() == below == who_has(visit)
        put(pam, percent=100)
        assert there() == set(NAMES)
        pam.post(f"{HOST}/kill")
        assert there() == set()
        pam.post(f"{HOST}/revive")
        assert there() == set(NAMES)
