"""The larger forms of a flag's page: people, rules, plan, number, guardrails, and the question why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spaces_feature.errors import Invalid
from spaces_feature.testing.members import FakeMembers
from spaces_feature.web.cockpit import cockpit_forms
from tests.web.forms import part, send, the_form, to
from tests.web.test_cockpit import HOST, LIST, flag, members, pam, visit, world
from tests.web.visitor import Visitor
from tests.world import World

__all__ = ["members", "pam", "visit", "world"]

NUMBER = f"{LIST}/spaces.max_speakers"


def test_a_pasted_list_is_taken_as_people_write_it(pam: Visitor, world: World) -> None:
    """User names and ids, with or without @, by lines or commas; the page shows faces and gives the list back."""
    form = part(pam.page(HOST).text, "allow")
    assert send(pam, form, allow="@ada, grace\n\n3\nADA").status_code == 303
    assert flag(world)["allow"] == ["1", "2", "3"]
    page = pam.page(HOST).text
    assert "3 people" in page
    assert part(page, "allow").fields["allow"].split() == ["ada", "grace", "alan"]
    assert send(pam, part(page, "deny"), deny="tim").status_code == 303
    assert send(pam, part(pam.page(HOST).text, "allow"), allow="").status_code == 303
    assert (flag(world)["allow"], flag(world)["deny"]) == ([], ["6"])


def test_unknown_names_change_nothing_and_stay_in_the_box(pam: Visitor, world: World) -> None:
    """Each is named; the text and the reason are still there, so that nothing is pasted twice."""
    typed = "ada\nnobody1, <b>nobody2</b>"
    refused = send(pam, part(pam.page(HOST).text, "allow"), allow=typed, reason="Radio club")
    assert refused.status_code == 422
    assert "nobody1" in refused.text
    assert "2 names are nobody’s" in refused.text
    form = part(refused.text, "allow")
    assert (form.fields["allow"], form.fields["reason"]) == (typed, "Radio club")
    assert (flag(world)["allow"], flag(world)["version"]) == ([], 0)


def test_three_thousand_names_fit_and_one_more_does_not(pam: Visitor, members: FakeMembers, world: World) -> None:
    """The box is as long as it says."""
    for number in range(3_000):
        members.add(f"m{number}", f"member_of_the_radio_club_{number}")  # type: ignore[arg-type]
    form = part(pam.page(HOST).text, "allow")
    names = [f"member_of_the_radio_club_{number}" for number in range(3_000)]
    refused = send(pam, form, allow="\n".join([*names, "ada"]))
    assert (refused.status_code, "A list takes 3,000 members; these are 3,001." in refused.text) == (422, True)
    assert send(pam, form, allow="\r\n".join(names)).status_code == 303
    assert len(flag(world)["allow"]) == 3_000


def test_rules_are_written_row_by_row(pam: Visitor, world: World) -> None:
    """F-11: followers of at least 600 on one platform; read out as a sentence, changed and taken away."""
    form = part(pam.page(HOST).text, "rules")
    rows = {
        "rule-0-0-attribute": "followers",
        "rule-0-0-op": "gte",
        "rule-0-0-value": "600",
        "rule-0-1-attribute": "platform",
        "rule-0-1-op": "in",
        "rule-0-1-value": "ios, android",
        "rule-0-gives": "on",
    }
    assert send(pam, form, **rows).status_code == 303
    (rule,) = flag(world)["rules"]
    assert rule["when"] == [
        {"attribute": "followers", "op": "gte", "value": 600},
        {"attribute": "platform", "op": "in", "value": ["ios", "android"]},
    ]
    page = pam.page(HOST).text
    assert "followers is at least 600 and platform is one of ios, android" in page
    form = part(page, "rules")
    assert form.fields["rule-0-1-value"] == "ios, android"
    emptied = {name: "" for name in form.fields if name.endswith("-attribute")}
    assert send(pam, form, **emptied).status_code == 303
    assert flag(world)["rules"] == []


def test_a_rule_that_cannot_be_read_stays_in_its_rows(pam: Visitor, world: World) -> None:
    """A word where a number belongs, and a missing value: told, and nothing typed is lost."""
    form = part(pam.page(HOST).text, "rules")
    row = {"rule-0-0-attribute": "followers", "rule-0-0-op": "gte"}
    for value, words in (("many", "compared with a number"), ("", "Say what “followers” is compared with.")):
        refused = send(pam, form, **row, **{"rule-0-0-value": value}, reason="Large ones")
        assert (refused.status_code, words in refused.text) == (422, True)
        kept = part(refused.text, "rules").fields
        assert (kept["rule-0-0-attribute"], kept["rule-0-0-value"], kept["reason"]) == (
            "followers",
            value,
            "Large ones",
        )
        assert kept["rule-0-0-op"] == "gte"
    assert flag(world)["version"] == 0


@pytest.mark.parametrize(
    ("typed", "value"),
    [("600", 600), ("-1.5", -1.5), ("true", True), ("NO", "NO"), ('"600"', "600"), ("São Tomé", "São Tomé")],
)
def test_values_are_what_they_look_like(typed: str, value: object) -> None:
    """Numbers, true and false, else words; quotes make words of anything. What is shown reads back as the same."""
    assert cockpit_forms.read_value(typed) == value
    assert cockpit_forms.read_value(cockpit_forms.typed_value(value)) == value


def test_a_ramp_is_planned_in_the_time_of_a_place(pam: Visitor, world: World) -> None:
    """F-12: steps with hours, from a moment by a clock on some wall; then paused, resumed, and all at once paused."""
    form = to(pam.page(HOST).text, "ramp")[0]
    empty = {name: "" for name in form.fields if name.startswith("step-")}
    steps = {"step-0-percent": "1", "step-0-hold": "24", "step-2-percent": "10", "step-2-hold": "0,5"}
    moment = {"starts": "2026-11-24T09:00", "zone": "Europe/Berlin"}
    assert send(pam, form, **{**empty, **steps, **moment}).status_code == 303
    ramp = flag(world)["ramp"]
    assert [(step["percent"], step["hold_h"]) for step in ramp["steps"]] == [(1, 24), (10, 0.5)]
    assert datetime.fromisoformat(ramp["next_at"]) == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    for verb, path, state in (("pause", HOST, "paused"), ("resume", HOST, "running")):
        (turn,) = to(pam.page(path).text, verb)
        assert send(pam, turn).status_code == 303
        assert flag(world)["ramp"]["state"] == state
    pause_all = the_form(pam.page(LIST).text, lambda one: one.method == "post" and one.action == LIST)
    assert send(pam, pause_all).status_code == 303
    assert flag(world)["ramp"]["state"] == "paused"
    assert "The ramp is paused by hand." in pam.page(HOST).text


def test_a_plan_that_cannot_be_read_stays_in_its_rows(pam: Visitor, world: World) -> None:
    """A place nobody knows, hours that are none, no step at all; one to everybody asks for the name first."""
    form = to(pam.page(HOST).text, "ramp")[0]
    only = {name: "" for name in form.fields if name.startswith("step-")} | {"step-0-percent": "5"}
    for wrong, words in (
        ({"starts": "2026-11-24T09:00", "zone": "Mars/Olympus"}, "There is no time zone “Mars/Olympus”."),
        ({"starts": "tomorrow"}, "This is no day and time."),
        ({"step-0-hold": "long"}, "A step is held for hours."),
        ({"step-0-percent": ""}, "A ramp has at least one step."),
    ):
        refused = send(pam, form, **{**only, **wrong})
        assert (refused.status_code, words in refused.text) == (422, True), wrong
        kept = to(refused.text, "ramp")[0].fields
        assert all(kept[name] == typed for name, typed in wrong.items())
    asked = send(pam, form, **{**only, "step-1-percent": "100"})
    assert (asked.status_code, "Plan this ramp up to 100 %?" in asked.text) == (422, True)
    assert flag(world)["ramp"] is None


def test_a_number_has_a_form_and_no_ramp(pam: Visitor, world: World) -> None:
    """F-15: limits change without a deploy; they have no percentage, no lists and no kill switch."""
    page = pam.page(NUMBER).text
    assert '<strong class="spaces-number">10</strong>' in page
    assert not to(page, "kill") + to(page, "ramp")
    form = part(page, "value")
    for wrong in ("a dozen", "-1", "1.5"):
        refused = send(pam, form, value=wrong)
        assert (refused.status_code, part(refused.text, "value").fields["value"]) == (422, wrong)
    assert send(pam, form, value="1,300").status_code == 303
    assert flag(world, "spaces.max_speakers")["default"] == 1300


def test_the_group_and_the_limits_are_saved(pam: Visitor, world: World) -> None:
    """F-05, F-13: one row of people for two flags, and a tighter guardrail for one."""
    assert send(pam, part(pam.page(HOST).text, "group"), rollout_group="talk").status_code == 303
    form = part(pam.page(HOST).text, "guardrails")
    assert send(pam, form, **{"limit-join_failures": "0.5 %"}).status_code == 303
    assert (flag(world)["rollout_group"], flag(world)["guardrails"]) == ("talk", {"join_failures": 0.5})
    assert "Pause above 0.5 %" in pam.page(HOST).text
    refused = send(pam, part(pam.page(HOST).text, "guardrails"), **{"limit-join_failures": "low"})
    assert refused.status_code == 422
    assert part(refused.text, "guardrails").fields["limit-join_failures"] == "low"


def test_forgetting_needs_the_name(pam: Visitor, world: World) -> None:
    """F-18, F-23: the row goes, the history stays; not while the flag is asked for."""
    send(pam, part(pam.page(NUMBER).text, "value"), value="7")
    form = to(pam.page(NUMBER).text, "reset")[0]
    asked = send(pam, form)
    assert (asked.status_code, "Forget all decisions about “Speakers on stage”?" in asked.text) == (422, True)
    done = send(pam, to(asked.text, "reset")[0], confirm="spaces.max_speakers")
    assert done.status_code == 303
    assert flag(world, "spaces.max_speakers")["default"] == 10


def test_why_is_this_member_in(pam: Visitor) -> None:
    """F-16: by name or id, step by step to the verdict; a name nobody has is told beside the field."""
    send(pam, part(pam.page(HOST).text, "allow"), allow="grace")
    for who in ("@grace", "2"):
        page = pam.page(f"{HOST}?who={who}").text
        assert "Yes, Grace can host." in page
        assert 'class="spaces-trace__match"' in page
    assert "No, Tim cannot host." in pam.page(f"{HOST}?who=tim").text
    missing = pam.page(f"{HOST}?who=nobody")
    assert missing.status_code == 200
    assert 'aria-describedby="who-problem"' in missing.text
    assert "Nobody is called that." in missing.text


def test_what_is_too_long_is_refused_before_it_is_read(pam: Visitor, world: World) -> None:
    """A form has a largest size, and says so in words."""
    form = part(pam.page(HOST).text, "allow")
    refused = send(pam, form, allow="x" * (cockpit_forms.LARGEST + 1))
    assert (refused.status_code, "A form has at most" in refused.text) == (422, True)
    with pytest.raises(Invalid):
        cockpit_forms.names("a " * 10 + " ".join(str(number) for number in range(3_001)), "allow")
    assert flag(world)["version"] == 0
