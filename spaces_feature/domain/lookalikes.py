"""Words that a host app does not want in titles, found also where they are dressed up.

Letters that look like Latin ones are read as those: Cyrillic, Greek, Armenian and Cherokee ones, small capitals, wide
and mathematical letters, digits and signs in their place. So are doubled letters, and blanks or dots between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

_LIKE = {
    "a": "ΑАᎪɑαа",
    "b": "ΒВᏴꞴƄЬᏏ",
    "c": "СᏟсᴄꮯϹϲ",
    "d": "ᎠԁᏧ",
    "e": "ΕЕᎬеҽꬲ",
    "f": "ϜꞘքꞙꬵ",
    "g": "ԌᏀᏳƍɡցᶃ",
    "h": "ΗНᎻһհᏂ",
    "j": "ͿЈᎫꞲϳј",
    "k": "ΚКᏦκк",
    "l": "ᏞıɩɪιіӏᎥꙇꭵƖǀΙІӀ",
    "m": "ΜϺМᎷм",
    "n": "Νոռ",
    "o": "ΟОՕοσоօᴏᴑꬽ",
    "p": "ΡРᏢρр",
    "q": "ԛգզ",
    "r": "ƦᎡᏒгᴦꭇꭈꮁ",
    "s": "ЅՏᏕᏚƽѕꜱꮪ",
    "t": "ΤТᎢτт",
    "u": "Սʋυսᴜꞟꭎꭒ",
    "v": "ѴᏙνѵᴠꮩ",
    "w": "ԜᎳᏔɯѡԝաᴡꮃ",
    "x": "ΧХꞳхχ",
    "y": "ΥУҮᎩᎽɣʏγуүᶌỿꭚ",
    "z": "ΖᏃᴢꮓ",
}
"""Latin letters and what Unicode's ``confusables.txt`` (UTS 39) says looks like them, after NFKC, in these scripts.

An i, a one and an l look alike, and are all read as l. Beyond that list stand the small letters к, м, т, κ, τ and χ.
"""
_DIGITS = {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "i": "l"}
_SIGNS = {"@": "a", "$": "s", "|": "l", "€": "e", "+": "t"}
_LETTERS = str.maketrans({like: letter for letter, likes in _LIKE.items() for like in likes})
_PLAIN, _SIGNED, _SHOUTED = (str.maketrans(_DIGITS | more) for more in ({}, _SIGNS, _SIGNS | {"!": "l"}))
"""What signs stand for: nothing; letters; letters, the exclamation mark too, which most often ends a sentence."""


def skeleton(text: str, signs: Mapping[int, str] = _PLAIN) -> str:
    """Return ``text`` as it looks: without accents and invisible characters, lookalikes as Latin small letters."""
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text))
    bare = "".join(one for one in split if unicodedata.category(one) not in ("Mn", "Me", "Cf"))
    folded = bare.translate(_LETTERS).casefold().translate(_LETTERS)
    return folded.translate(signs)


def holds_blocked(text: str, blocked: Iterable[str]) -> bool:
    """Whether one of the blocked words, or sequences of words, stands in ``text`` in some guise.

    Only whole words count: a blocked word inside a longer one is none.
    """
    patterns = [pattern for word in blocked if (pattern := _pattern(word))]
    return bool(patterns) and any(pattern.search(reading) for reading in _readings(text) for pattern in patterns)


def _readings(text: str) -> Iterator[str]:
    """The ways in which words may be read: parted by all signs, by blanks alone, and with lone letters put together."""
    for signs in (_PLAIN, _SIGNED, _SHOUTED):
        look = skeleton(text, signs)
        parted = re.findall(r"[^\W_]+", look)
        yield " ".join(parted)
        yield " ".join(re.sub(r"[\W_]+", "", chunk) for chunk in look.split())
        yield re.sub(r"(?<=\b\w) (?=\w\b)", "", " ".join(parted))


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str] | None:
    """A word's letters in a row, each as often as in the word or more often."""
    parts = re.findall(r"[^\W_]+", skeleton(word))
    if not parts:
        return None
    runs = [[found.group() for found in re.finditer(r"(.)\1*", part)] for part in parts]
    return re.compile(r"\b" + " ".join("".join(f"{run}{run[0]}*" for run in part) for part in runs) + r"\b")
