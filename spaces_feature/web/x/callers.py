"""Who calls the X-compatible API: a program with a token of ours, or a signed-in member."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from ...addresses import told_apart
from ...domain.ids import UserId
from ...services.outside import tokens
from ...services.seams import Seams

BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. ``viewer``: with whose eyes; None sees what anybody may. ``name``: as whom calls are counted."""

    viewer: UserId | None
    name: str


def caller_of(seams: Seams) -> Caller | None:
    """Return who calls; None for nobody, and for a token that opens nothing.

    A token that is given counts alone: a program whose token was revoked is not let in by a cookie it also has.
    """
    given = request.headers.get("Authorization", "")
    if given[: len(BEARER)].lower() == BEARER:
        holder = tokens.holder_of(seams, given[len(BEARER) :].strip())
        return Caller(None, f"app/{holder.id}") if holder else None
    viewer = seams.identity.current_user_id()
    return None if viewer is None else Caller(viewer, f"user/{viewer}")


def nobody() -> str | None:
    """As whom the calls of nobody are counted: the address, where it tells people apart."""
    address = told_apart(request.remote_addr)
    return None if address is None else f"address/{address}"
