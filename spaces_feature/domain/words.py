"""What people write and we keep: reasons, reports, notes of the team. May these words be kept? One rule for all."""

from __future__ import annotations

import unicodedata

from ..errors import Invalid

REASON = 280
"""Characters of a reason, and of a warning."""
WORDS = 1000
"""Characters of a report, and of a note of the team."""


def clean_words(text: str, limit: int, field: str) -> str:
    """Return what somebody wrote in ``field``, trimmed.

    Raises Invalid ``words_characters`` for characters that cannot be kept or that hide what is written, and
    ``words_too_long`` beyond ``limit`` characters.
    """
    words = text.strip()
    if any(is_control(character) for character in words):
        raise Invalid("words_characters", "Some of these characters cannot be kept.", "Type it again.", field=field)
    if len(words) > limit:
        raise Invalid("words_too_long", f"At most {limit} characters.", "Say it shorter.", field=field, limit=limit)
    return words


def is_control(character: str) -> bool:
    """Whether a character is no text: controls but white space, halves of a pair, private ones, bidi overrides."""
    code = ord(character)
    is_bidi = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return is_bidi or (unicodedata.category(character) in ("Cc", "Cs", "Co") and character not in "\t\n\r")
