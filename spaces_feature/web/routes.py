"""The table of API routes: each view's method, path, body, answer and limit in one place.

Flask's URL map and the OpenAPI document are both made from it, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ..domain.ids import UserId
from ..services.seams import Seams
from .doors import Door, open_to_all, readers

LARGEST_BODY = 65_536
"""Bytes; the largest honest body of most routes has a few hundred."""


@dataclass(frozen=True, slots=True)
class Call:
    """One authorised API call: who asks, what for, and the parsed body (None without one)."""

    seams: Seams
    viewer: UserId
    body: Any = None


View = Callable[..., tuple[int, Any]]
"""Takes a Call and the path's ids; returns status and JSON (None for no content)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A limit that depends on the call. ``of`` takes a Call without its body and the path's ids; returns a name."""

    names: tuple[str, ...]
    of: Callable[..., str]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. ``guests``: who listens signed out may call it too; ``public``: anybody may.

    ``limit`` names a rate limit, or chooses; ``keeps`` is false for answers with a secret.

    ``door`` is asked before a kept answer is given again. ``largest`` is what a body may have, in bytes.
    """

    method: str
    path: str
    view: View
    answer: type[BaseModel] | None
    body: type[BaseModel] | None
    limit: str | Choice
    status: int
    keeps: bool
    door: Door
    guests: bool = False
    largest: int = LARGEST_BODY
    public: bool = False

    @property
    def name(self) -> str:
        """The endpoint and ``operationId``."""
        return self.view.__name__

    @property
    def limits(self) -> tuple[str, ...]:
        """The names of the limits that a call may be counted against."""
        return (self.limit,) if isinstance(self.limit, str) else self.limit.names

    @property
    def summary(self) -> str:
        """The view's first line."""
        return (self.view.__doc__ or "").partition("\n")[0]


ROUTES: list[Route] = []


def route(
    method: str,
    path: str,
    *,
    answer: type[BaseModel] | None,
    body: type[BaseModel] | None = None,
    limit: str | Choice = "command",
    status: int = 200,
    keeps: bool = True,
    door: Door | None = None,
    guests: bool = False,
    largest: int = LARGEST_BODY,
    public: bool = False,
) -> Callable[[View], View]:
    """Enter a view into the table. A kept answer of a Space is for its readers, unless ``door`` says otherwise."""
    asked = door or (readers if "<space_id>" in path else open_to_all)

    def enter(view: View) -> View:
        ROUTES.append(Route(method, path, view, answer, body, limit, status, keeps, asked, guests, largest, public))
        return view

    return enter
