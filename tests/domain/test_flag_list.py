"""F-02, F-09: the list of flags: every one explained and closed until opened, listening before hosting."""

from __future__ import annotations

import pytest

from spaces_feature.flags import BY_KEY, FLAGS, GROUPS, Flag, required_by

EACH = pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.key)


@EACH
def test_a_flag_is_explained_and_owned(flag: Flag) -> None:
    """A name, what it does, a group of the page, an owner, and a day after its first on which somebody looks again."""
    assert flag.name
    assert flag.meaning
    assert flag.owner
    assert flag.group in GROUPS
    assert flag.created_on < flag.review_on


@EACH
def test_there_are_two_kinds(flag: Flag) -> None:
    """What opens something is off until somebody opens it, and can be said of people; else it is a number."""
    if flag.kind == "release":
        assert flag.default is False
        assert flag.able
    else:
        assert flag.kind == "limit"
        assert type(flag.default) is int
        assert flag.default > 0


@EACH
def test_what_a_flag_requires_is_a_release_flag_and_leads_to_spaces_at_all(flag: Flag) -> None:
    """No cycle, no limit on the way, and everything that opens something ends with Spaces at all."""
    above = required_by(flag.key)
    assert flag.key not in above
    assert all(BY_KEY[key].is_boolean for key in above)
    if flag.is_boolean and flag.key != "spaces.enabled":
        assert above[-1] == "spaces.enabled"


def test_listening_is_opened_before_hosting() -> None:
    """Each capability has a flag of its own, and nobody hosts, speaks or searches who cannot listen."""
    wanted = (
        "enabled strip listen host speak schedule record replay clip hls guests anonymous directory reactions captions"
    )
    assert {key.removeprefix("spaces.") for key, flag in BY_KEY.items() if flag.is_boolean} == set(wanted.split())
    for name in ("host", "speak", "schedule", "directory", "record"):
        assert "spaces.listen" in required_by(f"spaces.{name}")
