"""The sentences of the product managers' pages, and the rows behind them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from spaces_feature.web.cockpit import cockpit_ramp, cockpit_rows, cockpit_words

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def a_flag(key: str, percent: float | None = None, **fields: Any) -> dict[str, Any]:
    """A boolean flag on the wire."""
    plain: dict[str, Any] = {
        "key": key,
        "name": key.rpartition(".")[2].title(),
        "default": False,
        "percent": percent,
        "allow": [],
        "rules": [],
        "requires": [],
        "rollout_group": "",
        "is_killed": False,
        "kill": None,
        "ramp": None,
        "changed_at": None,
    }
    return {**plain, **fields}


def some_flags(listen: float, host: float, group: str = "", **enabled: Any) -> dict[str, dict[str, Any]]:
    """Spaces, listening and hosting, each requiring the one before."""
    return {
        "spaces.enabled": a_flag("spaces.enabled", 100, **enabled),
        "spaces.listen": a_flag("spaces.listen", listen, requires=["spaces.enabled"], rollout_group=group),
        "spaces.host": a_flag("spaces.host", host, requires=["spaces.listen"], rollout_group=group),
    }


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (some_flags(25, 5, "talk"), "25 % of members can listen, 5 % can host"),
        (some_flags(25, 4), "25 % of members can listen, 1 % can host"),
        (some_flags(100, 100), "Everyone can listen and host"),
        (some_flags(0, 50), "Nobody can listen or host"),
        (some_flags(100, 0), "Everyone can listen, nobody can host"),
        (some_flags(100, 100, is_killed=True), "Spaces are switched off"),
    ],
)
def test_the_headline_counts_what_a_flag_requires(flags: dict[str, dict[str, Any]], sentence: str) -> None:
    """Flags of one group draw the same people; others are drawn apart, and their shares multiply."""
    assert cockpit_words.headline(flags) == sentence


def test_wider_than_what_it_requires_is_warned_of() -> None:
    """Hosting before listening, and hosting drawn from other people; in one group and narrower nothing is said."""
    flags = some_flags(25, 5)
    assert "wider than “Listen”" in cockpit_rows.wider(flags["spaces.host"], flags, 50)
    assert "about 2.5 % of members have both" in cockpit_rows.wider(flags["spaces.host"], flags, 10)
    flags = some_flags(25, 5, "talk")
    assert cockpit_rows.wider(flags["spaces.host"], flags, 25) == ""
    assert "wider than “Listen”" in cockpit_rows.wider(flags["spaces.host"], flags, 26)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-22T09:00:00+00:00", "today, 09:00"),
        ("2026-11-22T21:30:00+00:00", "today at 21:30"),
        ("2026-11-23T09:00:00+00:00", "tomorrow at 09:00"),
        ("2026-11-25T09:00:00+00:00", "25 Nov, 09:00"),
        ("2026-11-21T09:00:00+00:00", "yesterday"),
        ("2026-11-16T09:00:00+00:00", "6 days ago"),
        ("2026-11-01T09:00:00+00:00", "3 weeks ago"),
        ("2026-01-15T09:00:00+00:00", "15 January 2026"),
    ],
)
def test_moments_are_said_as_people_say_them(moment: str, said: str) -> None:
    """Past and future, from minutes to months."""
    assert cockpit_words.day(NOW, moment) == said


def test_the_line_of_a_ramp() -> None:
    """Presets, what is chosen and what is planned stand in order; each says whether it is behind, now or to come."""
    ramp = {
        "steps": [{"percent": 2, "hold_h": 24}, {"percent": 10, "hold_h": 48}, {"percent": 25, "hold_h": 48}],
        "at": 0,
        "next_at": "2026-11-23T09:00:00+00:00",
        "state": "running",
        "why_paused": "",
    }
    flag = a_flag("spaces.host", 2, ramp=ramp, changed_at="2026-11-22T04:00:00+00:00")
    line = {point.words: (point.state, point.note) for point in cockpit_ramp.line(flag, 50, NOW)}
    assert line["0 %"] == ("past", "start")
    assert line["2 %"] == ("now", "now, 16 h")
    assert line["10 %"] == ("next", "tomorrow at 09:00")
    assert line["25 %"] == ("ahead", "25 Nov, 09:00")
    assert line["50 %"][0] == "chosen"
    assert list(line) == ["0 %", "1 %", "2 %", "5 %", "10 %", "25 %", "50 %", "100 %"]
    assert cockpit_ramp.suggested(flag) == 10
    assert cockpit_ramp.suggested(a_flag("spaces.host", 5)) == 10
    assert cockpit_ramp.suggested(a_flag("spaces.host", 100)) is None


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["holds", "holds", "holds", "close"], "Three hold, one is close"),
        (["holds", "breach", "close"], "One holds, one is above the limit"),
        (["holds"] * 4 + ["too_few"], "All four hold"),
        (["breach", "breach"], "Two are above the limit"),
    ],
)
def test_the_guardrails_in_one_line(states: list[str], said: str) -> None:
    """The worst is named; what cannot be judged is not counted."""
    verdict = cockpit_rows.guards_verdict([{"state": state} for state in states])
    assert verdict is not None
    assert verdict.words == said
    assert cockpit_rows.guards_verdict([{"state": "too_few"}]) is None


def test_what_paused_a_ramp_is_said() -> None:
    """A guardrail by its name, a person, a kill switch, numbers that cannot be read."""
    rows = [{"name": "drops", "words": "Connections that drop", "state": "breach"}]
    assert cockpit_rows.paused_by("guardrail:drops", rows) == ": “Connections that drop” went above its limit"
    assert cockpit_rows.paused_by("person", rows) == " by hand"
    assert "kill switch" in cockpit_rows.paused_by("kill", rows)
    assert "cannot be read" in cockpit_rows.paused_by("sample_ratio", rows)


def test_every_switch_of_the_list_has_words() -> None:
    """Roles, kill switches with and without something that runs."""
    assert cockpit_words.roles(["editor", "killer", "viewer"]) == "Editor, kill switch"
    assert cockpit_words.roles(["viewer"]) == "Viewer"
    live = {"spaces": 7, "people": 2190}
    assert cockpit_rows.end_words(a_flag("spaces.host"), live) == "End the 7 that run"
    assert cockpit_rows.end_words(a_flag("spaces.speak"), live) == "Clear the stages"
    assert cockpit_words.switch(a_flag("spaces.strip")).end == ""
