"""Tokens of outside programs, for the read API alone. Only a digest of each is kept."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from datetime import timedelta

from ...errors import Invalid, Unavailable
from ..seams import Seams
from ..store import RacedError
from .outside_store import ApiToken

START = "spaces_"
"""What every token begins with, so that people and programs that look for lost secrets know it."""
NAME_LENGTH = 100
NOTED_EVERY = timedelta(minutes=1)
"""A token in use costs a write no more often than this."""


def create_token(seams: Seams, name: str) -> tuple[ApiToken, str]:
    """Return a new token's record and the token itself, which nobody can read again. Raises Invalid for the name."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise Invalid("token_name", f"A name has 1 to {NAME_LENGTH} characters.", "Say what it is for.", field="name")
    token = START + seams.ids.row_id() + seams.ids.row_id()
    made = ApiToken(seams.ids.ordered_id(), name, digest_of(token), seams.clock())
    with seams.store.begin() as work:
        work.add_token(made)
    return made, token


def all_tokens(seams: Seams) -> list[ApiToken]:
    """Return what is kept of every token, oldest first."""
    with seams.store.begin() as work:
        return work.tokens()


def revoke_token(seams: Seams, token_id: str) -> bool:
    """Let a token open nothing any more, from the next request on. Returns False when there is none."""
    with seams.store.begin() as work:
        return work.revoke_token(token_id, seams.clock())


def holder_of(seams: Seams, token: str) -> ApiToken | None:
    """Return the record of a token that opens; None for any other, revoked or never made.

    Looked up by digest: how long that takes says nothing of any token.
    """
    digest = digest_of(token)
    with seams.store.begin() as work:
        found = work.token_by_digest(digest)
    if found is None or found.revoked_at is not None or not hmac.compare_digest(found.digest, digest):
        return None
    _note_use(seams, found)
    return found


def _note_use(seams: Seams, token: ApiToken) -> None:
    """Note, now and then, that a token is used; nobody is turned away because that could not be written."""
    now = seams.clock()
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        with suppress(Unavailable, RacedError), seams.store.begin() as work:
            work.note_token_use(token.id, now)


def digest_of(token: str) -> str:
    """SHA-256 as hexadecimal. A token has 262 random bits, so that it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
