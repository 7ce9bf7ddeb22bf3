"""The one list of flags. Read them through ``integrations/openfeature.py``; an unknown key is a programming error."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """One OpenFeature flag: its key, its value when nobody decided, and what it does in a product manager's words."""

    key: str
    default: bool | int
    meaning: str


FLAGS: tuple[Flag, ...] = (
    Flag("spaces.enabled", True, "Spaces exist at all. Off: every route is 404 and pages are as if we were not there."),
    Flag("spaces.strip", True, "The strip at the top of the page."),
    Flag("spaces.listen", True, "Members may join and listen."),
    Flag("spaces.host", True, "Members may start a Space."),
    Flag("spaces.speak", True, "Listeners may ask to speak."),
    Flag("spaces.schedule", True, "Members may plan a Space for later."),
    Flag("spaces.directory", False, "Members find Spaces of people they do not follow: live elsewhere, and by search."),
    Flag("spaces.guests", False, "Hosts may let people listen who are not signed in."),
    Flag("spaces.anonymous", True, "Hosts may let people listen anonymously."),
    Flag("spaces.max_speakers", 10, "Seats on stage beside host and co-hosts."),
    Flag("spaces.max_cohosts", 2, "Co-hosts of one Space."),
)

BY_KEY: dict[str, Flag] = {flag.key: flag for flag in FLAGS}
