"""What people may answer a talk with besides words: a fixed set, counted, and told apart for the stage alone."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import Invalid

REACTIONS: Mapping[str, str] = {
    "heart": "❤️",
    "clap": "👏",
    "laugh": "😂",
    "fire": "🔥",
    "hundred": "💯",
    "hands": "🙌",
}
"""Every reaction by its name, in the order in which they are offered."""
MOST = 99
"""How many of one kind a single event tells of: a screen shows twelve at once."""

_PRESENTATION = "\ufe0f"
_NAMES = {emoji.removesuffix(_PRESENTATION): name for name, emoji in REACTIONS.items()}


def reaction_named(emoji: str) -> str:
    """Return the name of a reaction, with or without the mark that asks for colour. Raises Invalid for any other."""
    name = _NAMES.get(emoji.removesuffix(_PRESENTATION))
    if name is None:
        offered = " ".join(REACTIONS.values())
        raise Invalid(
            "unknown_reaction", "This is not one of the reactions.", f"Choose one of {offered}.", field="emoji"
        )
    return name


def by_emoji(counts: Mapping[str, int], most: int | None = None) -> dict[str, int]:
    """Return counts by emoji instead of by name, each at most ``most``, in the order of the set; none is left out."""
    return {
        emoji: counts[name] if most is None else min(counts[name], most)
        for name, emoji in REACTIONS.items()
        if counts.get(name)
    }
