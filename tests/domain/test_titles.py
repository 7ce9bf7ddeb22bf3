"""Titles and topics: what is kept, what is folded, what is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.titles import TITLE_LENGTH, clean_title, clean_topics
from spaces_feature.errors import Invalid

ZERO_WIDTH = "\u200b\u2060\ufeff"
TOPICS = frozenset({"software", "craft", "music", "science"})


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("Why small software lasts", "Why small software lasts"),
        ("  Why\tsmall \n software\r\n lasts ", "Why small software lasts"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("Caf\u200be\u0301", "Caf\u00e9"),
        ("Cafe\u200b\u0301", "Caf\u00e9"),
        ("Sma\u200bll \ufeffsoft\u2060ware", "Small software"),
        ("\u2003wide\u00a0blanks\u2003", "wide blanks"),
        ("\U0001f469\u200d\U0001f469\u200d\U0001f467 at home", "\U0001f469\u200d\U0001f469\u200d\U0001f467 at home"),
        ("\u06a9\u062a\u0627\u0628\u200c\u0647\u0627", "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627"),
        ("\u05e9\u05dc\u05d5\u05dd \u200f!", "\u05e9\u05dc\u05d5\u05dd \u200f!"),
        ("<b>bold</b> & 'quoted'", "<b>bold</b> & 'quoted'"),
    ],
)
def test_a_title_is_normalised_and_otherwise_left_alone(typed: str, title: str) -> None:
    """White space folds, zero-width blanks go, letters compose; joiners that scripts and emoji need stay."""
    assert clean_title(typed) == title


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "title_empty"),
        (" \t\n ", "title_empty"),
        ("\u200b\u2060\ufeff", "title_empty"),
        ("\u200d", "title_empty"),
        ("\u200e \u200f", "title_empty"),
        ("\u00ad", "title_empty"),
        ("\u3164 \u2800", "title_empty"),
        ("bell\x07", "title_characters"),
        ("nul\x00", "title_characters"),
        ("next\x85line", "title_characters"),
        ("\u202eevil", "title_characters"),
        ("\u202aembedded\u202c", "title_characters"),
        ("\u2066isolated\u2069", "title_characters"),
        ("half \ud83d", "title_characters"),
        ("\ue000 private", "title_characters"),
        ("x" * 71, "title_too_long"),
        ("x" * 100_000, "title_too_long"),
    ],
)
def test_a_title_that_cannot_be_shown_is_refused(typed: str, code: str) -> None:
    """Nothing visible, control and bidi override characters, and more than 70 characters are refused, by name."""
    with pytest.raises(Invalid) as refusal:
        clean_title(typed)
    assert refusal.value.code == code
    assert refusal.value.data["field"] == "title"


@pytest.mark.parametrize("typed", ["x" * 70, "  " + "x" * 70 + "  ", "e\u0301" * 70, "\u200b".join("x" * 70)])
def test_seventy_characters_are_counted_after_normalisation(typed: str) -> None:
    """Blanks, zero-width blanks and decomposed accents around 70 characters do not count."""
    assert len(clean_title(typed)) == TITLE_LENGTH


@given(st.text(st.characters(codec=None) | st.sampled_from(ZERO_WIDTH + "e\u0301 \u202e\u200d"), max_size=90))
def test_every_title_that_is_taken_is_already_clean(typed: str) -> None:
    """Whatever is typed is refused as Invalid or becomes a title that cleaning leaves as it is."""
    try:
        title = clean_title(typed)
    except Invalid:
        return
    assert clean_title(title) == title
    assert 1 <= len(title) <= TITLE_LENGTH
    assert unicodedata.is_normalized("NFC", title)
    assert not set(title) & set(ZERO_WIDTH)
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Co") for character in title)


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [((), ()), (("craft", "craft"), ("craft",)), (("music", "craft", "software"), ("music", "craft", "software"))],
)
def test_up_to_three_known_topics_are_kept_in_order(chosen: tuple[str, ...], kept: tuple[str, ...]) -> None:
    """Topics keep the order of choice and lose doubles."""
    assert clean_topics(chosen, TOPICS) == kept


@pytest.mark.parametrize(
    ("chosen", "code"),
    [(("software", "craft", "music", "science"), "too_many_topics"), (("craft", "knitting"), "unknown_topic")],
)
def test_a_fourth_or_unknown_topic_is_refused(chosen: tuple[str, ...], code: str) -> None:
    """The refusal names the field."""
    with pytest.raises(Invalid) as refusal:
        clean_topics(chosen, TOPICS)
    assert (refusal.value.code, refusal.value.data["field"]) == (code, "topic_ids")
