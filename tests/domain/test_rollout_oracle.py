"""F-06: first match wins, against an oracle that goes through the JSON slowly; and no stored JSON is too odd."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from spaces_feature.domain.flag_json import read_rules, read_state, state_fields
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import Kill, Person, Reason, State, Verdict, decide, steps
from tests.domain.rollout_oracle import Asker, Decided, expected

HISTORIES = int(os.environ.get("ROLLOUT_HISTORIES", "200"))
many = settings(max_examples=HISTORIES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PEOPLE = ["1", "2", "3", "ada", "名前"]
KEYS = {"a": (), "b": ("a",), "c": ("b", "a"), "d": ()}
"""Four flags; the third requires the second, which requires the first."""

plain = st.sampled_from([True, False, 0, 1, 600, 599.5, -3, "ios", "iOS", "DE", "beta", "staff", "", "600"])
odd = st.sampled_from([["beta", "staff"], [], [600, "x"], {"a": 1}])
attributes = st.dictionaries(st.sampled_from(["cohort", "platform", "followers", "is_new"]), plain | odd, max_size=4)
conditions = st.fixed_dictionaries(
    {
        "attribute": st.sampled_from(["cohort", "platform", "followers", "is_new"]),
        "op": st.sampled_from(["eq", "ne", "gte", "lte"]),
        "value": plain,
    }
) | st.fixed_dictionaries(
    {
        "attribute": st.sampled_from(["cohort", "platform"]),
        "op": st.just("in"),
        "value": st.lists(plain, min_size=1, max_size=3),
    }
)
percents = (
    st.none() | st.sampled_from([0, 0.001, 12.345, 50, 99.999, 100]) | st.integers(0, 100_000).map(lambda n: n / 1000)
)
people = st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    """The JSON of a boolean flag's state."""
    whens = draw(st.lists(st.lists(conditions, min_size=1, max_size=2), max_size=3))
    rules = [{"id": f"r{place}", "when": when, "value": draw(st.booleans())} for place, when in enumerate(whens, 1)]
    return {
        "default": draw(st.booleans()),
        "percent": draw(percents),
        "allow": draw(people),
        "deny": draw(people),
        "rules": rules,
        "rollout_group": draw(st.sampled_from(["", "", "wave"])),
    }


@st.composite
def houses(draw: st.DrawFn) -> dict[str, Decided]:
    """Four flags in any state, now and then one that is killed; what others require is mostly open."""
    opened = {"default": True, "percent": None, "allow": [], "deny": [], "rules": [], "rollout_group": ""}
    return {
        key: Decided(
            draw(st.just(opened) | states()) if key in "ab" else draw(states()), requires, draw(st.integers(0, 9)) == 0
        )
        for key, requires in KEYS.items()
    }


def read(flag: Decided, key: str) -> State:
    state = read_state(key, False, json.loads(json.dumps(flag.state)), 4)
    assert state is not None
    return state


def ask(house: dict[str, Decided], key: str, person: Person) -> tuple[Verdict, list[Any]]:
    """The verdict of a flag with the trace that leads to it; what is required is asked the same way."""
    flag = house[key]
    is_on: Callable[[str], bool] = lambda required: bool(ask(house, required, person)[0].value)  # noqa: E731
    parts = (read(flag, key), flag.requires, Kill.NO_NEW if flag.is_killed else None, is_on, person)
    return decide(*parts), list(steps(*parts))


@many
@given(houses(), st.none() | st.sampled_from(PEOPLE), attributes)
def test_first_match_wins_in_the_order_of_the_issue(
    house: dict[str, Decided], user_id: str | None, known: dict[str, Any]
) -> None:
    """Kill, prerequisite, deny, allow, cohorts, attributes, percentage, default: value, reason and rule agree."""
    person = Person(None if user_id is None else UserId(user_id), lambda: known)
    for key in house:
        verdict, _ = ask(house, key, person)
        assert (verdict.value, verdict.reason, verdict.rule) == expected(house, key, Asker(user_id, known))
        event(str(verdict.reason))


@many
@given(houses(), st.none() | st.sampled_from(PEOPLE), attributes)
def test_the_trace_ends_with_the_verdict(house: dict[str, Decided], user_id: str | None, known: dict[str, Any]) -> None:
    """Every step but the last was no match and has no verdict; the last one is the verdict, and its version is told."""
    person = Person(None if user_id is None else UserId(user_id), lambda: known)
    for key in house:
        verdict, trace = ask(house, key, person)
        *before, (last, said) = trace
        assert said == verdict
        assert last.is_match
        assert all(not step.is_match and said is None for step, said in before)
        assert verdict.version == 4
        order = list(Reason)
        assert [order.index(step.reason) for step, _ in trace] == sorted(order.index(step.reason) for step, _ in trace)


@given(houses())
@settings(max_examples=100, deadline=None)
def test_what_is_stored_reads_back_the_same(house: dict[str, Decided]) -> None:
    """State to JSON and back loses nothing that decides."""
    for key, flag in house.items():
        state = read(flag, key)
        assert read_state(key, False, json.loads(json.dumps(state_fields(state))), 4) == state


@given(
    anything
    | st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("default", "percent", "allow", "deny", "rules", "rollout_group"), anything)
    ),
    attributes,
)
@settings(max_examples=300, deadline=None)
def test_no_stored_json_makes_an_evaluation_fail(body: Any, known: dict[str, Any]) -> None:
    """Whatever stands in the store is either no state at all, or one that gives a value of the flag's own type."""
    for coded in (False, 10):
        state = read_state("spaces.listen", coded, body, 1)
        if state is None:
            event("no state")
            continue
        for user_id in (None, UserId("1")):
            verdict = decide(state, (), None, lambda _: True, Person(user_id, lambda: known))
            assert type(verdict.value) is type(coded)


@pytest.mark.parametrize(
    "body",
    [
        {"default": "yes"},
        {"default": 1},
        {"percent": 101},
        {"percent": -0.001},
        {"percent": 0.0005},
        {"percent": float("nan")},
        {"percent": True},
        {"percent": "50"},
        {"allow": "1, 2"},
        {"deny": [1]},
        {"rules": [{"when": []}]},
        {"rules": [{"when": [{"attribute": "followers", "op": "like", "value": 1}]}]},
        {"rules": [{"when": [{"attribute": "followers", "op": "eq", "value": None}]}]},
        {"rules": [{"when": [{"attribute": "followers", "op": "eq", "value": 1}], "value": 3}]},
        {"rollout_group": 3},
        [],
        None,
    ],
    ids=str,
)
def test_half_a_state_is_none(body: Any) -> None:
    """One field that is wrong makes all of it unreadable: nobody is let in by what was left over."""
    assert read_state("spaces.listen", False, body, 1) is None


def test_an_empty_state_is_the_coded_one() -> None:
    """What is not said is what was coded."""
    assert read_state("spaces.max_speakers", 10, {}, 0) == State(key="spaces.max_speakers", default=10)


def test_rules_of_one_id_are_refused() -> None:
    """A verdict names its rule, so two of one name are none."""
    rule = {"id": "r1", "when": [{"attribute": "platform", "op": "eq", "value": "ios"}]}
    assert read_rules([rule], False) is not None
    assert read_rules([rule, rule], False) is None


@pytest.mark.parametrize("id_", ["r" * 65, "a\0b", "\ud800", "a\nb", 7], ids=ascii)
def test_an_id_that_no_row_can_hold_makes_no_rule(id_: object) -> None:
    """1 to 64 printable characters, since it is noted with whoever meets the rule; one that is left out is given."""
    when = [{"attribute": "platform", "op": "eq", "value": "ios"}]
    assert read_rules([{"id": id_, "when": when}], False) is None
    assert read_state("spaces.listen", False, {"rules": [{"id": id_, "when": when}]}, 1) is None
    for fine in ("", "r" * 64, "wave 2: größer"):
        assert read_rules([{"id": fine, "when": when}], False) is not None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1.5, float("-inf")], "w" * 257, ["de"] * 1001])
def test_what_is_no_json_or_has_no_end_makes_no_rule(value: Any) -> None:
    """Numbers are finite, words and lists have bounds: what is stored can be read by every browser, and quickly."""
    rule = {"when": [{"attribute": "country", "op": "in", "value": value}]}
    assert read_rules([rule], False) is None
    assert read_rules([{"when": [{"attribute": "country", "op": "in", "value": ["de"] * 1000}]}], False) is not None
    assert read_rules([{"when": [{"attribute": "country", "op": "eq", "value": 1.5}] * 11}], False) is None


@pytest.mark.parametrize("seniors", [{"followers": 600}, {"followers": 601.5}, {"followers": 10**30}])
def test_the_cohorts_that_were_really_used_can_be_said(seniors: dict[str, Any]) -> None:
    """F-11: staff, named testers, from 600 followers on, everybody."""
    rules = [
        {"id": "staff", "when": [{"attribute": "cohort", "op": "in", "value": ["staff", "beta"]}], "value": True},
        {"id": "big", "when": [{"attribute": "followers", "op": "gte", "value": 600}], "value": True},
    ]
    state = read_state("spaces.host", False, {"allow": ["7"], "rules": rules}, 1)
    assert state is not None

    def rule(user_id: str, known: dict[str, Any]) -> tuple[bool | int, str]:
        verdict = decide(state, (), None, lambda _: True, Person(UserId(user_id), lambda: known))
        return verdict.value, verdict.rule or str(verdict.reason)

    assert rule("1", {"cohort": ["beta", "press"]}) == (True, "staff")
    assert rule("1", {"cohort": "Staff", "followers": 3}) == (True, "staff")
    assert rule("7", {}) == (True, "allowed")
    assert rule("1", seniors) == (True, "big")
    for known in ({"followers": 599}, {"followers": "600"}, {"followers": True}, {"cohort": "press"}, {}):
        assert rule("1", known) == (False, "default")
