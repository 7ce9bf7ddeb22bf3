"""SEC-29: words that a host app does not want in titles are found in every guise, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.config import read_config
from spaces_feature.domain.lookalikes import holds_blocked
from spaces_feature.domain.titles import clean_title
from spaces_feature.errors import Invalid, SetupError
from tests.host.test_set_up import GOOD

BLOCKED = ("casino", "free money", "ass")


@pytest.mark.parametrize(
    "title",
    [
        "casino",
        "The CASINO hour",
        "c\u0430sin\u043e",  # Cyrillic
        "\u0421\u0410S\u0406NO",
        "cas\u03b9n\u03bf",  # Greek
        "\uff43\uff41\uff53\uff49\uff4e\uff4f",
        "\U0001d41c\U0001d41a\U0001d42c\U0001d422\U0001d427\U0001d428",
        "\u24d2\u24d0\u24e2\u24d8\u24dd\u24de",
        "c\u00e1s\u00edn\u00f6",
        "ca\u0336si\u0336no",
        "ca\u200bsi\u200dno",
        "ca\u00adsino",
        "c4s1n0",
        "ca$!no",
        "c@sino!",
        "caaasiiinooo",
        "c a s i n o",
        "play c.a.s.i.n.o now",
        "c-a-s-i-n-o",
        "ca.si.no",
        "ca_sino",
        "casino!!!",
        "\u13df\u13aasino",
        "free money",
        "FREE   m0ney",
        "get free, money",
        "asss",
    ],
)
def test_a_blocked_word_is_found_in_disguise(title: str) -> None:
    """Lookalikes, accents, wide letters, digits, signs, doubled letters, blanks and dots between them hide nothing."""
    with pytest.raises(Invalid) as refusal:
        clean_title(title, BLOCKED)
    assert (refusal.value.code, refusal.value.data["field"]) == ("title_not_allowed", "title")


@pytest.mark.parametrize(
    "title",
    [
        "Why small software lasts",
        "Casinos and cities",
        "As far as it goes",
        "Class, brass and assets",
        "Money is not free",
        "\u041a\u0430\u0437\u0438\u043d\u043e",  # a word of another language
        "A s I go",
        "100 % wool!",
    ],
)
def test_other_words_are_let_be(title: str) -> None:
    """A blocked word inside a longer one, or spelled with fewer letters, is another word."""
    assert clean_title(title, BLOCKED) == title


def test_blocked_words_may_be_written_in_any_guise_themselves() -> None:
    """The list is read as titles are; what has no letters in it blocks nothing."""
    assert holds_blocked("casino", ("\u0421asino",))
    assert not holds_blocked("Hello there", ("", "!!!", " "))


@given(st.text(max_size=70))
def test_any_title_is_read(title: str) -> None:
    """Whatever stands in a title, reading it ends with an answer."""
    assert holds_blocked(f"{title} casino", BLOCKED)


def test_a_setting_that_holds_no_words_is_refused() -> None:
    """A string, and a list of something else, are mistakes that are named when the app starts."""
    for wrong in ("casino", [1, 2]):
        with pytest.raises(SetupError, match="SPACES_BLOCKED_WORDS"):
            read_config({**GOOD, "SPACES_BLOCKED_WORDS": wrong})
    assert read_config({**GOOD, "SPACES_BLOCKED_WORDS": ["casino"]}).blocked_words == ["casino"]
