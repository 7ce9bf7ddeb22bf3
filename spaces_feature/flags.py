"""The one list of flags. Read them through ``Seams.flags``; an unknown key is a programming error.

Two kinds only. A *release* flag opens a capability, is off until somebody opens it, and goes away once it is open to
all. A *limit* is a number. Over any release flag lies its kill switch, which is no flag: absent, everything is normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Group = Literal["Find and listen", "Host and speak", "Keep and share", "Limits"]
GROUPS: tuple[Group, ...] = ("Find and listen", "Host and speak", "Keep and share", "Limits")

_FIRST = date(2026, 11, 1)
_LISTEN = ("spaces.listen",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One OpenFeature flag in a product manager's words.

    ``default`` is its value when nobody decided: off, or the number. ``meaning`` says what a member can do with it,
    ``able`` finishes "5 % of members can ...". ``requires`` are flags that must be on for a member before this one can
    be. By ``review_on`` somebody looks whether it is still needed. ``is_served`` is false for what nothing answers yet.
    """

    key: str
    default: bool | int
    name: str
    meaning: str
    group: Group
    able: str = ""
    requires: tuple[str, ...] = ()
    owner: str = "Spaces"
    created_on: date = _FIRST
    review_on: date = _FIRST + timedelta(days=180)
    is_served: bool = True

    @property
    def is_boolean(self) -> bool:
        """Whether it opens something; else it is a number."""
        return isinstance(self.default, bool)

    @property
    def kind(self) -> Literal["release", "limit"]:
        """What sort of flag it is."""
        return "release" if self.is_boolean else "limit"


def _release(
    key: str, name: str, meaning: str, group: Group, able: str, *requires: str, is_served: bool = True
) -> Flag:
    return Flag(
        key=key,
        default=False,
        name=name,
        meaning=meaning,
        group=group,
        able=able,
        requires=requires,
        is_served=is_served,
    )


def _limit(key: str, default: int, name: str, meaning: str) -> Flag:
    return Flag(key=key, default=default, name=name, meaning=meaning, group="Limits")


FLAGS: tuple[Flag, ...] = (
    _release(
        "spaces.enabled",
        "Spaces at all",
        "Everything of Spaces; off, pages are as if it were not installed",
        "Find and listen",
        "see Spaces",
    ),
    _release(
        "spaces.strip",
        "See the strip",
        "Live Spaces at the top of the page",
        "Find and listen",
        "see the strip",
        "spaces.enabled",
    ),
    _release("spaces.listen", "Listen", "Open a Space and hear it", "Find and listen", "listen", "spaces.enabled"),
    _release(
        "spaces.directory",
        "Directory",
        "Live Spaces beyond the people you follow, and search",
        "Find and listen",
        "use the directory",
        *_LISTEN,
    ),
    _release(
        "spaces.anonymous",
        "Listen anonymously",
        "Hosts may let people listen without their name",
        "Find and listen",
        "listen anonymously",
        *_LISTEN,
    ),
    _release(
        "spaces.guests",
        "Guests",
        "Hosts may let people listen who are not signed in",
        "Find and listen",
        "open Spaces to guests",
        "spaces.host",
    ),
    _release(
        "spaces.hls",
        "Listening beyond one server",
        "Listeners past a Space's allowance hear it a few seconds later",
        "Find and listen",
        "hear the large rooms",
        *_LISTEN,
    ),
    _release(
        "spaces.captions",
        "Captions",
        "What is said, as text",
        "Find and listen",
        "read captions",
        *_LISTEN,
        is_served=False,
    ),
    _release("spaces.host", "Host a Space", "Start one and run it", "Host and speak", "host", *_LISTEN),
    _release("spaces.schedule", "Plan a Space", "Plan one for later", "Host and speak", "plan", "spaces.host"),
    _release(
        "spaces.speak",
        "Speak",
        "Ask for the microphone, accept invitations",
        "Host and speak",
        "speak",
        *_LISTEN,
    ),
    _release(
        "spaces.reactions",
        "Reactions",
        "Answer with an emoji",
        "Host and speak",
        "react",
        *_LISTEN,
    ),
    _release(
        "spaces.record",
        "Record",
        "Keep the talk, with everybody's consent",
        "Keep and share",
        "record",
        "spaces.host",
    ),
    _release(
        "spaces.replay",
        "Replay",
        "Listen to what was recorded",
        "Keep and share",
        "replay",
        *_LISTEN,
    ),
    _release(
        "spaces.clip",
        "Clips",
        "Up to 30 seconds to share",
        "Keep and share",
        "clip",
        *_LISTEN,
    ),
    _limit("spaces.max_speakers", 10, "Speakers on stage", "Beside one host and the co-hosts"),
    _limit("spaces.max_cohosts", 2, "Co-hosts", "Who help run one Space"),
    _limit("spaces.max_live_spaces", 100_000, "Spaces live at once", "A further one cannot start"),
    _limit("spaces.joins_per_second", 1_000, "Joins a second", "More come in a moment later"),
    _limit(
        "spaces.max_rtc_listeners",
        5_000,
        "Listeners heard live",
        "Of one Space; all others hear it a few seconds later",
    ),
    _limit("spaces.max_recordings", 100, "Recordings kept", "Of one member at a time, until one is over"),
)

BY_KEY: dict[str, Flag] = {flag.key: flag for flag in FLAGS}
BOOLEANS: tuple[str, ...] = tuple(flag.key for flag in FLAGS if flag.is_boolean)


def required_by(key: str) -> tuple[str, ...]:
    """Return every flag that must be on for this one to be, the nearest first, each once."""
    found: list[str] = []
    for required in BY_KEY[key].requires:
        found += [one for one in (required, *required_by(required)) if one not in found]
    return tuple(found)
