"""What a call of the X-compatible API asks for, read from its query string.

Unknown parameters are ignored, as a client may be newer than this; unknown values of known ones are refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from ...domain.space import State
from .names import EXPANSIONS, SPACE_FIELDS, TOPIC_FIELDS, TWEET_EXPANSIONS, TWEET_FIELDS, USER_FIELDS
from .problems import invalid, listed

MOST = 100
"""Ids in one call, and results of one."""
LONGEST_QUERY = 2048
SPACE_ID = re.compile(r"[a-zA-Z0-9]{1,13}")
USER_ID = re.compile(r"[0-9]{1,19}")
STATES = {"live": (State.LIVE,), "scheduled": (State.SCHEDULED,), "all": (State.LIVE, State.SCHEDULED)}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which parts of the answer are asked for beside the default ones."""

    space_fields: frozenset[str] = frozenset()
    expansions: tuple[str, ...] = ()
    user_fields: frozenset[str] = frozenset()
    topic_fields: frozenset[str] = frozenset()
    tweet_fields: frozenset[str] = frozenset()


class Parameters:
    """The query string of one call. Every method raises XProblem for what it cannot be."""

    def __init__(self, given: MultiDict[str, str]) -> None:
        self._given = given

    def selection(self) -> Selection:
        """Which fields and objects of Spaces are asked for."""
        return Selection(
            space_fields=frozenset(self._names("space.fields", SPACE_FIELDS)),
            expansions=self._names("expansions", EXPANSIONS),
            user_fields=frozenset(self._names("user.fields", USER_FIELDS)),
            topic_fields=frozenset(self._names("topic.fields", TOPIC_FIELDS)),
        )

    def post_selection(self) -> Selection:
        """Which fields and objects of posts are asked for."""
        return Selection(
            expansions=self._names("expansions", TWEET_EXPANSIONS),
            user_fields=frozenset(self._names("user.fields", USER_FIELDS)),
            tweet_fields=frozenset(self._names("tweet.fields", TWEET_FIELDS)),
        )

    def buyer_selection(self) -> Selection:
        """Which fields of members are asked for; nobody ever buys."""
        return Selection(user_fields=frozenset(self._names("user.fields", USER_FIELDS)))

    def space_ids(self) -> tuple[str, ...]:
        """The ids to look up, each once."""
        return self._ids("ids", SPACE_ID)

    def user_ids(self) -> tuple[str, ...]:
        """The numbers of the creators to look up, each once."""
        return self._ids("user_ids", USER_ID)

    def query(self) -> str:
        """The words to search for."""
        text = self._given.get("query", "")
        if not 1 <= len(text) <= LONGEST_QUERY or not text.strip():
            raise invalid("query", text, f"The `query` query parameter must have 1 to {LONGEST_QUERY} characters.")
        return text

    def states(self) -> tuple[State, ...]:
        """The states to search in."""
        text = self._given.get("state", "all")
        if text not in STATES:
            raise _no_value("state", text, STATES)
        return STATES[text]

    def most(self) -> int:
        """How many results are wanted at most."""
        text = self._given.get("max_results", str(MOST))
        if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MOST:
            raise invalid("max_results", text, f"The `max_results` query parameter must be between 1 and {MOST}.")
        return int(text)

    def require_first_page(self) -> None:
        """Raise unless the first page is asked for: what has pages here fits on one."""
        token = self._given.get("pagination_token")
        if token is not None:
            raise invalid("pagination_token", token, "The `pagination_token` query parameter names no page.")

    def _names(self, parameter: str, known: Collection[str]) -> tuple[str, ...]:
        names = self._parts(parameter)
        for name in names:
            if name not in known:
                raise _no_value(parameter, name, known)
        return names

    def _ids(self, parameter: str, form: re.Pattern[str]) -> tuple[str, ...]:
        ids = self._parts(parameter)
        if not ids:
            raise invalid(parameter, "", f"The `{parameter}` query parameter can not be empty.")
        if len(ids) > MOST:
            message = f"The number of values in the `{parameter}` query parameter list [{len(ids)}] is not between 1"
            raise invalid(parameter, "", f"{message} and {MOST}.")
        for one in ids:
            require_form(parameter, one, form)
        return ids

    def _parts(self, parameter: str) -> tuple[str, ...]:
        """The comma-separated values of a parameter, each once; a parameter given twice is one list."""
        given = self._given.getlist(parameter)
        return tuple(dict.fromkeys(",".join(given).split(","))) if given else ()


def require_form(parameter: str, one: str, form: re.Pattern[str]) -> str:
    """Return an id that has the form of one. Raises XProblem."""
    if form.fullmatch(one) is None:
        message = f"The `{parameter}` query parameter value [{one[:MOST]}] does not match ^{form.pattern}$."
        raise invalid(parameter, one, message)
    return one


def _no_value(parameter: str, value: str, known: Iterable[str]) -> Exception:
    message = f"The `{parameter}` query parameter value [{value[:MOST]}] is not one of {listed(known)}."
    return invalid(parameter, value, message)
