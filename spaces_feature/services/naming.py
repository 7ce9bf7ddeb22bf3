"""Members as people write them down, by id or by user name, to ids."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from ..domain.ids import UserId
from ..errors import Invalid, Refusal, Unavailable
from .seams import Seams

log = logging.getLogger(__name__)

SHOWN = 50
"""Names in one refusal."""
AGAIN = 30
"""Seconds until it is worth trying again."""


@contextmanager
def asking_members() -> Iterator[None]:
    """Where the host app is asked about members for staff who wait. Raises Unavailable ``members_away`` if it fails."""
    try:
        yield
    except Refusal:
        raise
    except Exception:
        log.exception("the host app does not answer about its members")
        way_on = "Try again in a minute. Kill switches work meanwhile."
        raise Unavailable(
            "members_away", "The app does not answer about its members.", way_on, retry_after=AGAIN
        ) from None


def members_named(
    seams: Seams, written: Collection[str], *, field: str, kept: Collection[str] = ()
) -> frozenset[UserId]:
    """Return whom ``written`` names: ids, or user names with or without an @; what is blank is passed over.

    An id goes before a user name that reads the same. Raises Invalid ``unknown_members`` with ``unknown``, the first
    fifty of those that nobody is called, and Unavailable ``members_away``. Ids in ``kept`` pass, whether there is such
    a member or not.
    """
    asked = list(dict.fromkeys(one.strip() for one in written if one.strip()))
    ids = [UserId(one) for one in asked if not one.startswith("@")]
    with asking_members():
        known = {*(seams.identity.profiles(ids) if ids else ())}
        names = [one for one in asked if one not in known]
        named = seams.members.named(names) if names and seams.members is not None else {}
    there = frozenset(kept)
    known |= {UserId(one) for one in names if one not in named and one in there}
    unknown = [one for one in names if one not in named and one not in known]
    if unknown:
        raise Invalid(
            "unknown_members",
            f"Nobody is called {', '.join(unknown[:3])}{' and others' if len(unknown) > 3 else ''}.",
            "Nothing was changed. Check the names, or leave them out.",
            field=field,
            unknown=unknown[:SHOWN],
        )
    return frozenset(known) | frozenset(named.values())
