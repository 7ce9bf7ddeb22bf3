"""What a Space may be called, and what it may be about."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from ..errors import Invalid
from .lookalikes import holds_blocked
from .words import is_control

TITLE_LENGTH = 70
TOPICS = 3
_INKLESS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean_title(text: str, blocked: Collection[str] = ()) -> str:
    """Return ``text`` as a title: NFC, zero-width blanks dropped, runs of white space folded, trimmed.

    Raises Invalid when nothing visible is left, more than 70 characters are, it carries control or bidi-override
    characters, or one of the ``blocked`` words in any guise (``title_not_allowed``).
    """
    # Dropped first: a blank between a letter and its accent would keep them from composing.
    text = unicodedata.normalize("NFC", text.translate({0x200B: None, 0x2060: None, 0xFEFF: None}))
    if any(is_control(character) for character in text):
        raise Invalid("title_characters", "A title cannot hold control characters.", "Type it again.", field="title")
    title = " ".join(text.split())
    if not any(_is_visible(character) for character in title):
        raise Invalid("title_empty", "A Space needs a title.", "Say in a few words what it is about.", field="title")
    if len(title) > TITLE_LENGTH:
        raise Invalid(
            "title_too_long",
            f"A title has at most {TITLE_LENGTH} characters.",
            f"This one has {len(title)}.",
            field="title",
            limit=TITLE_LENGTH,
        )
    if holds_blocked(title, blocked):
        raise Invalid("title_not_allowed", "This title is not allowed here.", "Choose other words.", field="title")
    return title


def _is_visible(character: str) -> bool:
    """Whether the character alone leaves ink: no joiner, mark, blank, nor a letter that is drawn as nothing."""
    return unicodedata.category(character)[0] in "LNPS" and character not in _INKLESS


def clean_topics(topic_ids: tuple[str, ...], known: frozenset[str]) -> tuple[str, ...]:
    """Return the topics without doubles. Raises Invalid for more than three or an unknown one."""
    topics = tuple(dict.fromkeys(topic_ids))
    if len(topics) > TOPICS:
        raise Invalid("too_many_topics", f"Choose up to {TOPICS} topics.", field="topic_ids", limit=TOPICS)
    if not known.issuperset(topics):
        raise Invalid("unknown_topic", "One of these topics does not exist.", field="topic_ids")
    return topics
