"""Finding by words: what is folded, what meets what, and that nothing typed can break it."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.search import (
    LONGEST_QUERY,
    WORD,
    Document,
    distance,
    document_grams,
    grams,
    read_query,
    score,
    words,
)
from spaces_feature.errors import Invalid

LETTERS = string.ascii_lowercase
SMALL = Document("Why small software lasts", "Ada Whitlock ada", ("Grace Adeyemi grace",), ("Craft",))
WORDS = st.text(LETTERS, min_size=4, max_size=WORD)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Why small software lasts", ("why", "small", "software", "lasts")),
        ("#Craft and @ada", ("craft", "and", "ada")),
        ("Ada's tea, Ada\u2019s tea", ("adas", "tea")),
        ("\uff33\uff4d\uff41\uff4c\uff4c", ("small",)),
        ("Cr\u00e8me br\u00fbl\u00e9e", ("creme", "brulee")),
        ("Stra\u00dfe \u00d8re \u0141\u00f3d\u017a", ("strasse", "ore", "lodz")),
        ("sma\u200bll sof\u00adtware", ("small", "software")),
        ("%", ()),
        ('"_*\\%?[a]', ("a",)),
        ("nul\x00byte", ("nul", "byte")),
        ("\u97f3\u697d\u306e\u591c", ("\u97f3", "\u697d", "\u306e", "\u591c")),
        ("\u0645\u064f\u062d\u064e\u0645\u0651\u062f", ("\u0645\u062d\u0645\u062f",)),
        ("\U0001f3a7 tonight", ("\U0001f3a7", "tonight")),
        ("two two TWO", ("two",)),
        ("", ()),
    ],
)
def test_words_are_folded(text: str, found: tuple[str, ...]) -> None:
    """Case, accents, widths, apostrophes and invisible characters make no difference; signs part words."""
    assert words(text) == found


@pytest.mark.parametrize(
    "query",
    [
        "small",
        "SMALL software",
        "software small",
        "sof",
        "w",
        "#craft",
        "@ada",
        "whitlock lasts",
        "grace",
        "smal",
        "smlal",
        "samll",
        "smalll",
        "snall",
        "xmall",
        "sotfware",
        "softwares",
        "sofwtrae",
        "sotfw",
        "wh sm so la",
    ],
)
def test_what_meets_every_word_is_found(query: str) -> None:
    """Whole words, beginnings and typing mistakes, in any order, over title, names and topics."""
    assert score(words(query), SMALL) > 0


@pytest.mark.parametrize(
    "query", ["", "%", "large", "small large", "ftware", "all", "ads", "xda", "smxxl", "lastsing long", "\x00", "why?x"]
)
def test_what_misses_a_word_is_not_found(query: str) -> None:
    """A word that is met nowhere, a middle part, a mistake in a short word, and no word at all find nothing."""
    assert score(words(query), SMALL) == 0


def test_a_better_hit_counts_more() -> None:
    """Whole before beginning before mistake; title before host before co-host before topic."""
    whole, beginning, typo = (score(words(query), Document("software")) for query in ("software", "soft", "sofware"))
    assert whole > beginning > typo > 0
    places = [
        Document("craft"),
        Document("x", "craft"),
        Document("x", "", ("craft",)),
        Document("x", "", (), ("craft",)),
    ]
    scores = [score(("craft",), one) for one in places]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4
    assert scores[0] == 1000


@pytest.mark.parametrize(
    ("one", "other", "mistakes"),
    [("small", "small", 0), ("small", "smlal", 1), ("small", "mall", 1), ("small", "smell", 1), ("small", "smalls", 1)],
)
def test_mistakes_are_counted(one: str, other: str, mistakes: int) -> None:
    """A letter too many, too few, another, or two neighbours swapped are one mistake each, from either side."""
    assert distance(one, other, 2) == distance(other, one, 2) == mistakes


def test_too_long_a_query_is_refused() -> None:
    """2,048 characters are read, one more is refused by name."""
    assert read_query("a" * LONGEST_QUERY)
    with pytest.raises(Invalid) as refusal:
        read_query("a" * (LONGEST_QUERY + 1))
    assert refusal.value.code == "bad_query"


@given(st.text(max_size=300) | st.text("%_*\\'\"\x00[]() aA", max_size=LONGEST_QUERY))
def test_nothing_typed_breaks_it(typed: str) -> None:
    """Whatever is typed has words, what is kept of them fits its column, and reading words again changes nothing."""
    found = read_query(typed)
    assert words(" ".join(found)) == found
    assert all(0 < len(gram) <= 16 and "\x00" not in gram for gram in grams(found))
    assert 0 <= score(found, SMALL) <= 1000


def test_ten_thousand_characters_are_kept_of() -> None:
    """A host's name may be long: what is kept of it is bounded."""
    assert len(document_grams(Document("x", " ".join(f"word{number}" for number in range(2000))))) < 1500


@given(st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=8), st.data())
def test_every_beginning_finds(title: list[str], data: st.DataObject) -> None:
    """Any beginning of any word of a title finds it, and has all its letters in common with what is kept."""
    word = data.draw(st.sampled_from(title))
    beginning = word[: data.draw(st.integers(1, len(word)))]
    document = Document(" ".join(title))
    assert score((beginning,), document) > 0
    assert grams((beginning[:3],)) & document_grams(document)


@given(WORDS, st.data())
def test_one_mistake_finds(word: str, data: st.DataObject) -> None:
    """A word with any one mistake, if four letters are left, finds its Space, and the database would name it."""
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(LETTERS))
    mistyped = data.draw(
        st.sampled_from(
            [
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place + 1 :],
                word[:place] + letter + word[place:],
                word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
            ]
        )
    )
    document = Document(f"before {word} after")
    if len(mistyped) < 4:
        return
    assert score((mistyped,), document) > 0
    assert any(gram.startswith("~") for gram in grams((mistyped,)) & grams((word,)))
