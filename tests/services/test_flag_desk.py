"""What product managers do with flags: who may, what is written down, and what two of them at once get."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from spaces_feature.domain import ramps
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import Kill
from spaces_feature.domain.wire import iso
from spaces_feature.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Unavailable
from spaces_feature.services.flags import flag_desk, flag_kills, flag_trials, flag_views
from spaces_feature.services.flags.flag_desk import FlagEdit
from spaces_feature.services.flags.flag_writing import write
from spaces_feature.services.outside import hooks
from spaces_feature.services.seams import Seams
from spaces_feature.testing.members import FakeMembers
from tests.world import NAMES, World, set_flag

HOST = "spaces.host"
WHY = "Week one held"


@pytest.fixture
def desk(world: World) -> Seams:
    """A cockpit with pam, who may do everything; every flag that a test is not about is on for all."""
    members = FakeMembers({world.user(name): name for name in NAMES})
    world.identity.make_staff(world.user("pam"))
    members.give_roles(world.user("pam"), "viewer", "editor", "killer")
    return replace(world.seams, members=members)


def edit(world: World, desk: Seams, version: int, **what: object) -> dict[str, object]:
    return flag_desk.edit(desk, world.user("pam"), HOST, FlagEdit(**what), version, WHY)  # type: ignore[arg-type]


def refused(deed: object, *args: object, **kwargs: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        deed(*args, **kwargs)  # type: ignore[operator]
    return caught.value


def test_only_staff_with_the_role_may(world: World, desk: Seams) -> None:
    """Members see nothing, viewers change nothing, editors kill nothing; and killers need not be editors."""
    ada, pam = world.user("ada"), world.user("pam")
    assert refused(flag_views.flags, desk, ada).code == "staff_only"
    assert isinstance(desk.members, FakeMembers)
    deeds = {
        "editor": [
            lambda: edit(world, desk, 0, percent=5),
            lambda: flag_desk.revert(desk, pam, HOST, 1, 1, WHY),
            lambda: flag_desk.reset(desk, pam, HOST, 1, WHY),
            lambda: flag_desk.set_ramp(desk, pam, HOST, [(1, 1)], 1, WHY),
            lambda: flag_desk.pause(desk, pam, HOST),
            lambda: flag_desk.resume(desk, pam, HOST),
            lambda: flag_desk.pause_all(desk, pam),
        ],
        "killer": [lambda: flag_kills.kill(desk, pam, HOST, Kill.END), lambda: flag_kills.revive(desk, pam, HOST)],
    }
    for needed, refusals in deeds.items():
        other = {"editor": "killer", "killer": "editor"}[needed]
        desk.members.give_roles(pam, "viewer", other)
        for deed in refusals:
            refusal = refused(deed)
            assert (type(refusal), refusal.code, refusal.data["role"]) == (Forbidden, "role_missing", needed)
    assert flag_kills.kill(replace(desk, members=None), pam, HOST, Kill.NO_NEW)["is_killed"]
    world.identity.bar(pam)
    assert refused(flag_views.flags, desk, pam).code == "barred"


def test_a_decision_says_who_has_the_flag_and_is_written_down(world: World, desk: Seams) -> None:
    """5 % and twelve people read so; the history has who, before, after and why, and nothing that was not changed."""
    edit(world, desk, 0, default=False, percent=5, allow=["@GRACE", world.user("alan")])
    flag = edit(world, desk, 1, percent=12.345)
    assert (flag["version"], flag["words"]) == (2, "12.345 % of members + 2 people")
    assert flag["allow"] == sorted([world.user("grace"), world.user("alan")])
    lines = flag_views.history(desk, world.user("pam"), key=HOST)["data"]
    assert [line["version"] for line in lines] == [2, 1]
    assert lines[0]["actor"]["name"] == "Pam"
    assert (lines[0]["words"], lines[0]["reason"]) == ("5 % to 12.345 %", WHY)
    assert lines[0]["changes"] == [{"field": "percent", "before": 5, "after": 12.345}]


def test_what_was_not_seen_is_not_overwritten(world: World, desk: Seams) -> None:
    """Of two who edit the same version the second is told what is different, and nothing of theirs is lost."""
    edit(world, desk, 0, default=False, percent=5)
    edit(world, desk, 1, percent=10)
    refusal = refused(edit, world, desk, 1, percent=25, deny=[world.user("tim")])
    assert isinstance(refusal, Conflict)
    assert (refusal.code, refusal.data["version"]) == ("stale_version", 2)
    assert refusal.data["difference"]["percent"] == {"was": 5, "theirs": 10, "yours": 25}
    assert refusal.data["difference"]["deny"] == {"was": [], "theirs": [], "yours": [world.user("tim")]}
    refusal = refused(flag_desk.set_ramp, desk, world.user("pam"), HOST, [(50, 1)], 1, WHY)
    assert refusal.data["difference"]["percent"] == {"was": 5, "theirs": 10, "yours": 5}
    assert flag_views.flag(desk, world.user("pam"), HOST)["percent"] == 10


@pytest.mark.parametrize(
    ("what", "code", "field"),
    [
        ({"percent": 100.5}, "bad_percent", "percent"),
        ({"percent": 1.2345}, "bad_percent", "percent"),
        ({"default": 3}, "bad_default", "default"),
        ({"allow": ["@nobody", "ada", "@noone"]}, "unknown_members", "allow"),
        ({"rules": [{"when": []}]}, "bad_rules", "rules"),
        ({"rules": [{"when": [{"attribute": "followers", "op": "about", "value": 1}]}]}, "bad_rules", "rules"),
        ({"rules": [{"when": [{"attribute": "city", "op": "in", "value": ["a"] * 1_001}]}]}, "bad_rules", "rules"),
        ({"rules": [{"when": [{"attribute": "city", "op": "eq", "value": "a" * 201}]}]}, "bad_rules", "rules"),
        ({"rules": [{"when": [{"attribute": "followers", "op": "gte", "value": 10**400}]}]}, "bad_rules", "rules"),
        ({"guardrails": {"luck": 1.0}}, "bad_guardrails", "guardrails"),
        ({"rollout_group": "x" * 65}, "words_too_long", "rollout_group"),
    ],
)
def test_bad_input_changes_nothing(world: World, desk: Seams, what: dict[str, object], code: str, field: str) -> None:
    """Each is refused with its code and field, unknown names by name, and the flag is what it was."""
    refusal = refused(edit, world, desk, 0, **what)
    assert isinstance(refusal, Invalid)
    assert (refusal.code, refusal.data["field"]) == (code, field)
    if code == "unknown_members":
        assert refusal.data["unknown"] == ["@nobody", "@noone"]
    assert flag_views.flag(desk, world.user("pam"), HOST)["version"] == 0
    assert refused(flag_views.flag, desk, world.user("pam"), "spaces.luck").code == "no_flag"


@pytest.mark.parametrize("reason", ["", " \n"])
def test_nothing_is_decided_without_a_reason(world: World, desk: Seams, reason: str) -> None:
    """The history says why of every edit, ramp, way back and reset; stopping something needs no word."""
    pam = world.user("pam")
    edit(world, desk, 0, default=False, percent=5)
    world.clock.advance(25 * 3600)
    for deed in (
        lambda: flag_desk.edit(desk, pam, HOST, FlagEdit(percent=6), 1, reason),
        lambda: flag_desk.set_ramp(desk, pam, HOST, [(10, 1)], 1, reason),
        lambda: flag_desk.revert(desk, pam, HOST, 1, 1, reason),
        lambda: flag_desk.reset(desk, pam, HOST, 1, reason),
    ):
        refusal = refused(deed)
        assert (type(refusal), refusal.code, refusal.data["field"]) == (Invalid, "reason_missing", "reason")
    assert flag_views.flag(desk, pam, HOST)["version"] == 1
    assert flag_kills.kill(desk, pam, HOST, Kill.NO_NEW, reason)["is_killed"]
    flag_desk.pause(desk, pam, HOST, reason)


def test_who_is_gone_keeps_nobody_from_the_list(world: World, desk: Seams) -> None:
    """An id that is on a list stays or goes with it though its account is gone; one that never was is refused."""
    edit(world, desk, 0, allow=["tim"], deny=["grace"])
    gone = world.user("tim")
    assert isinstance(desk.members, FakeMembers)
    desk.members.delete(gone)
    world.identity.delete(gone)
    assert edit(world, desk, 1, allow=[gone, "@ada"])["allow"] == sorted([gone, world.user("ada")])
    assert refused(edit, world, desk, 2, deny=[gone]).code == "unknown_members"
    edit(world, desk, 2, allow=["@ada"])
    assert refused(edit, world, desk, 3, allow=[gone]).code == "unknown_members"


@pytest.mark.parametrize("days", [-1, 367])
def test_a_ramp_begins_now_or_within_a_year(world: World, desk: Seams, days: int) -> None:
    """A start that was, or is so far away that somebody mistyped the year, is refused; one that just was is now."""
    pam, now = world.user("pam"), world.clock()
    steps = [(1.0, 24.0), (5.0, 24.0)]
    refusal = refused(flag_desk.set_ramp, desk, pam, HOST, steps, 0, WHY, now + timedelta(days=days))
    assert (refusal.code, refusal.data["field"]) == ("bad_ramp", "starts_at")
    edit(world, desk, 0, default=False, percent=0)
    flag = flag_desk.set_ramp(desk, pam, HOST, steps, 1, WHY, now - timedelta(minutes=1))
    assert flag["ramp"]["next_at"] == iso(now)


def test_one_click_goes_back_to_an_earlier_version(world: World, desk: Seams) -> None:
    """Reverting decides again what stood then, as a new version; a version that never was is refused."""
    edit(world, desk, 0, default=False, percent=5, allow=["grace"])
    edit(world, desk, 1, percent=50, allow=[], deny=["tim"])
    flag = flag_desk.revert(desk, world.user("pam"), HOST, 1, 2, "Too soon")
    assert (flag["version"], flag["percent"], flag["allow"], flag["deny"]) == (3, 5, [world.user("grace")], [])
    assert flag_views.history(desk, world.user("pam"))["data"][0]["kind"] == "reverted"
    assert refused(flag_desk.revert, desk, world.user("pam"), HOST, 9, 3, WHY).code == "no_version"


def test_a_flag_that_is_asked_for_is_not_reset(world: World, desk: Seams) -> None:
    """Within a day of its last reading a flag keeps what was decided; later it is what was coded."""
    edit(world, desk, 0, default=False, percent=5)
    desk.meter.count(f"evaluated.{HOST}")
    desk.meter.flush(desk)
    assert refused(flag_desk.reset, desk, world.user("pam"), HOST, 1, WHY).code == "still_evaluated"
    world.clock.advance(25 * 3600)
    flag = flag_desk.reset(desk, world.user("pam"), HOST, 1, WHY)
    assert (flag["version"], flag["percent"], flag["value"]) == (2, None, True)


def test_why_tells_every_step(world: World, desk: Seams) -> None:
    """The trace ends with the step that decides, in words; nobody is nobody."""
    pam = world.user("pam")
    beta = {"when": [{"attribute": "cohort", "op": "in", "value": ["beta"]}]}
    edit(world, desk, 0, default=False, percent=0, deny=["tim"], rules=[beta])
    for who, reason, sentence in (
        ("@tim", "denied", "No, Tim cannot host."),
        (world.user("ada"), "percentage", "No, Ada cannot host."),
    ):
        found = flag_trials.why(desk, pam, HOST, who)
        assert (found["reason"], found["sentence"]) == (reason, sentence)
        assert [step["step"] for step in found["trace"]][:2] == ["killed", "prerequisite"]
        assert found["trace"][-1]["is_match"]
    assert "in the group beta" in json.dumps(found["trace"])
    set_flag(world, "spaces.listen", False)
    assert flag_trials.why(desk, pam, HOST, "ada")["trace"][-1]["words"] == "May not listen, which this needs"
    assert isinstance(refused(flag_trials.why, desk, pam, HOST, "@nobody"), NotFound)


def test_who_would_be_in_is_counted_before_it_is_done(world: World, desk: Seams) -> None:
    """At 100 % everybody but the denied gains it, at the present share nobody does, and trying changes nothing."""
    pam = world.user("pam")
    edit(world, desk, 0, default=False, percent=0, deny=["tim"], allow=["grace"])
    found = flag_trials.preview(desk, pam, HOST, 100)
    assert (found["members"], found["now"], found["then"], found["gains"], found["loses"]) == (8, 1, 7, 6, 0)
    assert found["is_exact"]
    assert "tim" not in {profile["username"] for profile in found["sample"]}
    assert flag_trials.preview(desk, pam, HOST, 0)["gains"] == 0
    assert flag_views.flag(desk, pam, HOST)["version"] == 1
    assert refused(flag_trials.preview, desk, pam, HOST, 101).code == "bad_percent"
    assert refused(flag_trials.preview, replace(desk, members=None), pam, HOST, 5).code == "no_members"


def test_of_many_members_it_is_an_estimate(world: World, desk: Seams) -> None:
    """No more than 5,000 are looked at, so that nothing else in the process waits long; the numbers are scaled."""
    desk = replace(desk, members=FakeMembers({UserId(f"m{number}"): f"m{number}" for number in range(6_000)}))
    edit(world, replace(desk, members=None), 0, default=False, percent=0)
    found = flag_trials.preview(desk, world.user("pam"), HOST, 100)
    assert (found["is_exact"], found["members"], found["gains"]) == (False, 6_000, 6_000)


def test_a_port_that_is_away_is_said(world: World, desk: Seams, caplog: pytest.LogCaptureFixture) -> None:
    """Counting and naming members wait for the host app; why tells what is known, and flags are decided without."""

    class Away(FakeMembers):
        def attributes(self, *_: object) -> NoReturn:
            raise OSError("the members are away")

        count = page = named = attributes

    pam = world.user("pam")
    edit(world, desk, 0, rules=[{"when": [{"attribute": "cohort", "op": "eq", "value": "beta"}]}])
    members = Away({pam: "pam"})
    members.give_roles(pam, "viewer", "editor")
    away = replace(desk, members=members)
    for deed in (
        lambda: flag_trials.preview(away, pam, HOST, 5),
        lambda: flag_trials.why(away, pam, HOST, "@ada"),
        lambda: edit(world, away, 1, allow=["@ada"]),
    ):
        refusal = refused(deed)
        assert (type(refusal), refusal.code, refusal.data["retry_after"]) == (Unavailable, "members_away", 30)
    assert flag_trials.why(away, pam, HOST, world.user("ada"))["user_id"] == world.user("ada")
    assert edit(world, away, 1, percent=5)["version"] == 2


def test_a_kill_switch_takes_its_reason_afterwards(world: World, desk: Seams) -> None:
    """It is pressed without a word, explained later, and released; each is a line, and rules count again."""
    pam = world.user("pam")
    flag = flag_kills.kill(desk, pam, HOST, Kill.NO_NEW)
    assert (flag["value"], flag["words"], flag["kill"]["by"]["name"]) == (False, "Off by a kill switch", "Pam")
    flag_kills.kill(desk, pam, HOST, Kill.NO_NEW)
    assert flag_kills.kill(desk, pam, HOST, Kill.NO_NEW, "Echo for everybody")["kill"]["reason"] == "Echo for everybody"
    assert flag_kills.revive(desk, pam, HOST, "Mended")["value"]
    flag_kills.revive(desk, pam, HOST)
    lines = flag_views.history(desk, pam)["data"]
    assert [(line["kind"], line["reason"]) for line in lines] == [
        ("revived", "Mended"),
        ("killed", "Echo for everybody"),
        ("killed", ""),
    ]
    assert refused(flag_kills.kill, desk, pam, "spaces.max_speakers", Kill.END).code == "no_kill_switch"


def test_hooks_are_told_of_each_decision_and_of_nobody_on_a_list(world: World, desk: Seams) -> None:
    """An outside program that takes everything gets key, version, who and why, signed as ever; lists stay here."""
    hooks.add_hook(desk, "https://example.com/flags")
    hooks.add_hook(desk, "https://example.com/ada", world.user("ada"))
    edit(world, desk, 0, default=False, percent=5, allow=["grace"])
    sent: list[tuple[str, dict[str, object]]] = []
    hooks.deliver_due(desk, lambda url, body, headers: sent.append((url, json.loads(body))) or 200)  # type: ignore[func-returns-value]
    ((url, message),) = sent
    assert url == "https://example.com/flags"
    payload = message["data"]["payload"]  # type: ignore[index]
    assert (payload["key"], payload["version"], payload["reason"]) == (HOST, 1, WHY)
    assert "allow" not in json.dumps(message)


def test_with_a_providers_own_flags_only_kill_switches_are_ours(world: World, desk: Seams) -> None:
    """Where the host's flag service decides nothing can be edited here, and kill switches lie over it."""

    class Elsewhere:
        provider, is_ours = "flags-are-us", False

        def __getattr__(self, name: str) -> object:
            return getattr(world.seams.flags, name)

    elsewhere = replace(desk, flags=Elsewhere())  # type: ignore[arg-type]
    refusal = refused(edit, world, elsewhere, 0, percent=5)
    assert (refusal.code, refusal.data["provider"]) == ("flags_are_elsewhere", "flags-are-us")
    assert flag_kills.kill(elsewhere, world.user("pam"), HOST, Kill.NO_NEW)["value"] is False
    assert flag_trials.why(elsewhere, world.user("pam"), HOST, "ada")["trace"][0]["is_match"]


def test_whoever_sets_a_percentage_by_hand_stops_the_ramp(world: World, desk: Seams) -> None:
    """Lowered to nobody while it runs, or before its first step, a ramp widens nothing until a person resumes it."""
    pam = world.user("pam")
    edit(world, desk, 0, default=False, percent=5)
    later = world.clock() + timedelta(days=1)
    flag_desk.set_ramp(desk, pam, HOST, [(10, 1), (25, 1)], 1, WHY, later)
    flag = edit(world, desk, 2, percent=0)
    assert (flag["ramp"]["state"], flag["ramp"]["why_paused"]) == ("paused", "person")  # type: ignore[index]
    flag_desk.resume(desk, pam, HOST)
    assert edit(world, desk, 4, allow=["grace"])["ramp"]["state"] == "running"  # type: ignore[index]


def test_pausing_does_not_lose_against_a_step(world: World, desk: Seams, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the ramp makes its step between our look and our word, the pause holds for what follows."""
    pam = world.user("pam")
    edit(world, desk, 0, default=False, percent=0)
    flag_desk.set_ramp(desk, pam, HOST, [(1, 1), (5, 1)], 1, WHY)
    world.clock.advance(1)
    turn = ramps.paused

    def after_a_step(ramp: ramps.Ramp, why: str) -> ramps.Ramp:
        monkeypatch.setattr(ramps, "paused", turn)
        with desk.store.begin() as work:
            row = work.flag_row(HOST)
            assert row is not None
            write(work, desk, HOST, row, {**row.body, "percent": 1}, kind="ramped", actor=None)
        return turn(ramp, why)

    monkeypatch.setattr(ramps, "paused", after_a_step)
    flag = flag_desk.pause(desk, pam, HOST, "Wait")
    assert (flag["percent"], flag["ramp"]["state"]) == (1, "paused")


def test_a_kill_switch_is_no_version_to_go_back_to(world: World, desk: Seams) -> None:
    """Its line carries the version that it lay over, and whatever order lines have, reverting finds the decision."""
    pam = world.user("pam")
    edit(world, desk, 0, default=False, percent=5, deny=["tim"])
    with desk.store.begin() as work:
        (line,) = work.flag_changes(HOST, None, 5)
        work.note_flag(replace(line, id="0" * 26, kind="killed", before={}, after={"mode": "end"}))
    edit(world, desk, 1, percent=50)
    assert flag_desk.revert(desk, pam, HOST, 1, 2, "Back")["deny"] == [world.user("tim")]
