"""Ids of the host app as X's clients read them: numbers of at most 19 digits."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.minting import Mint
from spaces_feature.services.outside.numbers import is_number, number_of
from spaces_feature.services.seams import Seams


class WithIds:
    """As much of the seams as numbers need."""

    def __init__(self, secret: str) -> None:
        self.ids = Mint(secret)


def number(secret: str, kind: str, one: str) -> str:
    seams: Seams = WithIds(secret)  # type: ignore[assignment]
    return number_of(seams, kind, one)


@given(st.text(min_size=1, max_size=64))
def test_every_id_has_a_number_that_a_client_gives_back_unchanged(one: str) -> None:
    """It fits X's pattern and a signed 64-bit integer, and is the same every time."""
    found = number("secret", "user", one)
    assert re.fullmatch(r"[0-9]{1,19}", found)
    assert str(int(found)) == found
    assert found == number("secret", "user", one)


def test_a_number_stays_what_it_is() -> None:
    """Up to 19 digits; what a client would read as another number gets one of its own."""
    for one in ("0", "1", "2244994945", "9" * 19):
        assert number("secret", "user", one) == one
    for one in ("007", "1" * 20, "-1", "\u0661", "1e3", " 1", "1\n", ""):
        assert not is_number(one)
        assert number("secret", "user", one) != one


def test_numbers_tell_nothing_and_do_not_mix() -> None:
    """Another kind of thing, another host's secret and another id have other numbers."""
    one = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
    found = {
        number("secret", "user", one),
        number("secret", "post", one),
        number("another", "user", one),
        number("secret", "user", one.upper()),
    }
    assert len(found) == 4
