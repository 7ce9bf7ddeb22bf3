"""Finding Spaces by words: what a text is to the search, what is kept of it, and how well it answers a query.

The same text is folded the same way on both sides, so that no database has a say in what is found. Every word of a
query must be met by the title, a topic or a name of those who run the Space: as a whole, as a beginning, or with a
typing mistake.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..errors import Invalid

LONGEST_QUERY = 2048
"""Characters of a query, before anything is folded."""
MOST_WORDS = 64
"""Words of a query; no Space has so many, so that nothing answers more of them."""
WORD = 15
"""Letters that are kept of a word."""
ONE_TYPO, TWO_TYPOS = 4, 8
"""Letters from which on a word may have one mistake, or two."""
TYPO_IN_BEGINNING = 5
"""Letters from which on the beginning of a word may have one."""
NEIGHBOUR = "~"
"""Before a word that lost a letter; no folded word holds it."""
WEIGHTS: Mapping[str, int] = {"title": 100, "host": 90, "cohost": 80, "topic": 70}
"""What a hit is worth, in hundredths, by where it was made."""
WHOLE, BEGINNING, TYPO, TYPO_BEGINNING = 10, 8, 6, 4
"""What a hit is worth, by how good it is."""

_DROPPED = {ord(character): None for character in "'\u2019\u02bc\u0640"}
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ĸ": "k"}
)
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\ufe00-\ufe0f]")
"""Marks that a word is the same without: accents, points and vowel signs that are left out as often, variants."""
_UNSPACED = re.compile("[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_PLAIN = re.compile("[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Document:
    """The words of one Space, by where they stand."""

    title: str
    host: str = ""
    cohosts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def fields(self) -> Iterable[tuple[str, str]]:
        """Each text with the name of its place."""
        yield "title", self.title
        yield "host", self.host
        yield from (("cohost", text) for text in self.cohosts)
        yield from (("topic", text) for text in self.topics)


def read_query(text: str) -> tuple[str, ...]:
    """Return the words of a query. Raises Invalid ``bad_query`` for more than 2,048 characters."""
    if len(text) > LONGEST_QUERY:
        raise Invalid(
            "bad_query", f"A search has at most {LONGEST_QUERY} characters.", "Try fewer words.", field="query"
        )
    return words(text)


def normalised(text: str) -> str:
    """Return ``text`` as it is compared: NFKC, without case, accents, apostrophes and what leaves no ink."""
    if text.isascii():
        return text.lower().replace("'", "")
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_DROPPED)
    split = _ACCENTS.sub("", unicodedata.normalize("NFD", text.translate(_LETTERS)))
    return unicodedata.normalize("NFC", "".join(one for one in split if unicodedata.category(one) not in ("Cf", "Cs")))


def words(text: str) -> tuple[str, ...]:
    """Return the different words of ``text``, folded, in order.

    A word is a run of letters, digits and their marks; all else only parts words, so that ``#small``, ``@small`` and
    ``"small"`` are one word, and ``%`` or ``*`` none. A pictograph, and a character of a script without blanks, is a
    word by itself.
    """
    text = normalised(text)
    if text.isascii():
        return tuple(dict.fromkeys(_PLAIN.findall(text)))
    found: dict[str, None] = {}
    run = ""
    for one in f"{text} ":
        category = unicodedata.category(one)
        stands_alone = category == "So" or _UNSPACED.match(one) is not None
        if category[0] in "LNM" and not stands_alone:
            run += one
            continue
        if run:
            found[run] = None
            run = ""
        if stands_alone:
            found[one] = None
    return tuple(found)


@lru_cache(maxsize=10_000)
def _words_of(text: str) -> tuple[str, ...]:
    """The words of a title or a name, which are asked for again and again."""
    return words(text)


def grams(some: Iterable[str]) -> frozenset[str]:
    """Return what is kept of words: each three letters in a row, with two blanks before; and ``neighbours``."""
    return frozenset(gram for word in some for gram in (*_trigrams(word), *neighbours(word)))


def asked_grams(query: tuple[str, ...]) -> tuple[frozenset[str], int]:
    """Return what is looked for, and how much of it a Space that answers the query is likely to have.

    Only of a single letter the gram of the first letter is looked for, which a good part of all Spaces have.
    """
    looked_for: set[str] = set()
    least = 0
    for word in query:
        letters = _trigrams(word) - ({f"  {word[0]}"} if len(word) > 1 else set())
        looked_for |= letters | (neighbours(word) if len(word) >= ONE_TYPO else frozenset())
        # A mistake in the beginning of a word leaves few of its letters in a row.
        least += len(letters) if len(word) < TYPO_IN_BEGINNING else max(1, len(letters) - 4)
    return frozenset(looked_for), least


def neighbours(word: str) -> frozenset[str]:
    """Return a word of four letters or more, and it without each one of its letters.

    Two words between which there is one mistake (a letter too many, too few, another, or two swapped) have at least
    one of these in common.
    """
    word = word[:WORD]
    if len(word) < ONE_TYPO - 1:
        return frozenset()
    less = (word[:place] + word[place + 1 :] for place in range(len(word))) if len(word) >= ONE_TYPO else ()
    return frozenset(f"{NEIGHBOUR}{one}" for one in (word, *less))


def _trigrams(word: str) -> frozenset[str]:
    padded = f"  {word[:WORD]}"
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))


def document_grams(document: Document) -> frozenset[str]:
    """Return everything that is kept of a Space."""
    return grams(word for _, text in document.fields() for word in words(text)[:MOST_WORDS])


def score(query: tuple[str, ...], document: Document) -> int:
    """Return how well the document answers: 0 when a word of the query is met nowhere or there is none, else to 1000.

    The mean over the query's words of the best hit of each, weighed by place.
    """
    if not 0 < len(query) <= MOST_WORDS:
        return 0
    fields = [(WEIGHTS[place], _words_of(text)) for place, text in document.fields()]
    total = 0
    for word in query:
        best = max((weight * max((_grade(word, one) for one in some), default=0) for weight, some in fields), default=0)
        if not best:
            return 0
        total += best
    return total // len(query)


@lru_cache(maxsize=8192)
def _grade(asked: str, word: str) -> int:
    """How well one word meets another; 0 when it does not."""
    if asked == word:
        return WHOLE
    if word.startswith(asked):
        return BEGINNING
    allowed = (len(asked) >= ONE_TYPO) + (len(asked) >= TWO_TYPOS)
    if not allowed:
        return 0
    if abs(len(asked) - len(word)) <= allowed and distance(asked, word, allowed) <= allowed:
        return TYPO
    if len(asked) >= TYPO_IN_BEGINNING and len(word) > len(asked) and asked[0] == word[0]:
        starts = (word[: len(asked) + longer] for longer in (-1, 0, 1))
        return TYPO_BEGINNING if any(distance(asked, start, 1) <= 1 for start in starts) else 0
    return 0


def distance(one: str, other: str, limit: int) -> int:
    """Return how many mistakes lie between two words: letters too many, too few, wrong, or two neighbours swapped.

    Anything above ``limit`` is ``limit + 1``.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, facing in enumerate(other, 1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != facing))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == facing:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        if min(now) > limit:
            return limit + 1
        before, last = last, now
    return min(last[-1], limit + 1)
