"""The people of the demo, read from ``people.json``, and who follows whom among them.

The first seven are the members that the demo's guide names; the ties among those seven are a promise to programs that
use the demo (everyone follows ada but ada and tim, grace follows alan, linus blocks tim) and must not grow.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

PEOPLE_FILE = Path(__file__).parent / "people.json"

MEMBERS = ("ada", "grace", "alan", "linus", "margaret", "tim", "pam")

FOLLOWS_AMONG_MEMBERS = (
    ("grace", "ada"),
    ("alan", "ada"),
    ("linus", "ada"),
    ("margaret", "ada"),
    ("pam", "ada"),
    ("grace", "alan"),
)
BLOCKS = (("linus", "tim"),)

FOLLOWS_AROUND_THEM = (
    ("kwame", "ada"),
    ("kwame", "theo"),
    ("kwame", "priya"),
    ("priya", "noor"),
    ("priya", "kwame"),
    ("noor", "priya"),
    ("noor", "leila"),
    ("mateo", "ada"),
    ("mateo", "margaret"),
    ("mateo", "lena"),
    ("hana", "theo"),
    ("hana", "linus"),
    ("leila", "harjit"),
    ("leila", "margaret"),
    ("harjit", "leila"),
    ("theo", "ada"),
    ("theo", "linus"),
    ("dele", "jun"),
    ("dele", "priya"),
    ("wren", "ingrid"),
    ("wren", "margaret"),
    ("sofia", "priya"),
    ("omar", "noor"),
    ("ingrid", "wren"),
    ("jun", "dele"),
    ("lena", "mateo"),
    ("yusuf", "noor"),
    ("yusuf", "tim"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """One seeded account; ``has_face`` tells whether a picture is drawn for them.

    The others are what a staged rollout asks about, and what staff may do with flags (see ``members.py``).
    """

    username: str
    name: str
    bio: str
    has_face: bool
    country: str
    is_beta: bool
    is_staff: bool
    team_roles: str


def read_people() -> tuple[Person, ...]:
    """Return everyone, the seven members first."""
    rows = json.loads(PEOPLE_FILE.read_text())
    return tuple(
        Person(
            row["username"],
            row["name"],
            row["bio"],
            has_face=row["face"] is not None,
            country=row["country"],
            is_beta=row.get("is_beta", False),
            is_staff=row.get("is_staff", False),
            team_roles=row.get("team_roles", ""),
        )
        for row in rows
    )


def all_follows() -> tuple[tuple[str, str], ...]:
    """Return every (follower, followed) pair; grace follows everyone beside the seven."""
    others = tuple(("grace", person.username) for person in read_people() if person.username not in MEMBERS)
    return FOLLOWS_AMONG_MEMBERS + others + FOLLOWS_AROUND_THEM
