"""Watches that the SFU is never called while the database waits.

The host's ports read through the session that we share, as a real host's do: a question to the host app begins a
transaction, and whoever calls the SFU next must have ended it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text

from tests.world import World


@contextmanager
def guarded(world: World) -> Iterator[None]:
    """Fail every call to the SFU inside a transaction, and again at the end for calls whose failure was swallowed."""
    wrong: list[str] = []

    def check(call: str) -> None:
        if world.db.session().in_transaction():
            wrong.append(call)
            raise AssertionError(f"{call} inside a database transaction")

    world.media.on_call = check
    # Somebody has the site open, so that telling them of a change asks the host app who follows whom.
    world.listener.inbox.setdefault(world.user("pam"), [])
    world.media.is_up = _first(lambda: check("is_up"), world.media.is_up)  # type: ignore[method-assign]
    for port, questions in (
        (world.graph, ("followees", "followers_among", "blocks")),
        (world.identity, ("profiles", "staff", "barred")),
    ):
        for question in questions:
            setattr(port, question, _first(lambda: world.db.session.execute(text("SELECT 1")), getattr(port, question)))
    yield
    assert wrong == []


def _first(before: Callable[[], object], then: Callable[..., Any]) -> Callable[..., Any]:
    def both(*args: Any, **kwargs: Any) -> Any:
        before()
        return then(*args, **kwargs)

    return both
