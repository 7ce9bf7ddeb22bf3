"""What the two bots talk about: an endless, unhurried conversation, as data.

A conversation is made of topics; a topic is a few turns; a turn has one or more ways to be said. Each round begins
with the opening, then takes every topic once in a new order, so that a listener may come in at any time and somebody
who stays does not hear a tape.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

TITLE = "Salt, time and cabbage"
#: A topic of the app is chosen when one of these words is in its name, the earliest first.
TOPIC_WORDS = ("food", "cook", "kitchen", "science", "nature")
HOST = "priya"
GUEST = "noor"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that ``speaker`` (a user name) says, in one of several ``ways``."""

    speaker: str
    ways: tuple[str, ...]


def _priya(*ways: str) -> Turn:
    return Turn(HOST, ways)


def _noor(*ways: str) -> Turn:
    return Turn(GUEST, ways)


OPENING = (
    _priya(
        "Hello, and welcome in. We are talking about salt, time, and cabbage.",
        "If you have just joined us, hello. This is salt, time, and cabbage, and you are early enough for tea.",
        "Welcome back to salt, time, and cabbage. Pull up a chair.",
    ),
    _noor(
        "Good to be here. My kitchen smells terrible, so it must be going well.",
        "Hello everyone. I have brought three jars and one regret.",
        "Hi Priya. I can hear my crock bubbling from here.",
    ),
    _priya(
        "If you want to say something, ask to speak. I will see it, and I do say yes.",
        "There are free seats up here. Ask to speak whenever you like.",
    ),
)

TOPICS: tuple[tuple[Turn, ...], ...] = (
    (
        _priya(
            "Let us start where everybody starts. How much salt?",
            "People always ask about the salt first. So, how much?",
        ),
        _noor("Two per cent of the weight. Weigh the cabbage, multiply by point zero two, and stop worrying."),
        _priya("I used to do it by taste. Some years it was soup, some years it was the sea."),
        _noor("Taste is fine, once the scale has taught you what to taste for."),
    ),
    (
        _noor("What is your cellar like in winter?", "How warm is your kitchen these days?"),
        _priya("About eighteen degrees. Slow, but the flavour is rounder for it."),
        _noor("Slow is good. At twenty five it is quick, and a little bit sharp."),
        _priya("So the weather writes half of the recipe.", "I like that. The weather is a second cook."),
    ),
    (
        _priya("The thing that frightened me was the white film on top."),
        _noor("Flat and white is only yeast. Skim it off, and push everything back under the brine."),
        _priya("And if it is furry?"),
        _noor("If it is furry, or pink, you say thank you, and you feed it to the compost."),
    ),
    (
        _noor("I did the beetroot again. The whole street knows."),
        _priya("With caraway this time?", "Tell me you put orange peel in it."),
        _noor("With ginger. It went fizzy on the third day, and red on the ceiling by the fourth."),
        _priya("You have to open the jar a little every morning. I call it letting it sigh."),
    ),
    (
        _priya("My grandmother never measured anything. She listened to the jar."),
        _noor("What was she listening for?"),
        _priya("Bubbles. When they went quiet, she moved it to the cold step, and forgot about it until spring."),
        _noor("That is the best instruction I know. Forget about it until spring."),
    ),
    (
        _noor("Here is a small one. Keep the outer leaf, and lay it on top like a lid."),
        _priya("And a stone on the leaf?", "Does that really keep it under?"),
        _noor("A clean stone, or a little jar of water. Anything heavy that does not mind salt."),
        _priya("I have a stone from a beach that has done eleven winters now."),
    ),
    (
        _priya("Somebody wrote to ask why theirs went soft."),
        _noor("Too warm, or too little salt, or old cabbage. Usually all three, holding hands."),
        _priya("A bay leaf helps, or an oak leaf. Something with a bit of tannin."),
        _noor("And cut it thicker than you think. It is going on a long journey."),
    ),
    (
        _noor("What do you do with the brine, when the jar is empty?"),
        _priya("I put it in soup at the very end. Or in bread, in place of the water and the salt."),
        _noor("A spoonful in the next jar gives it a running start."),
        _priya("So it is the same cabbage, in a way, year after year.", "I love that. Nothing is ever quite finished."),
    ),
    (
        _priya("Do you still make kimchi in November?", "How did the radishes turn out?"),
        _noor("Every year, with my neighbour. Forty heads, two buckets, and a great deal of gossip."),
        _priya("Is the gossip part of the method?"),
        _noor("It is the slow part. You cannot hurry a leaf, and you cannot hurry my neighbour."),
    ),
)

#: Said by the host when the guest is not there yet.
ALONE: tuple[Turn, ...] = (
    _priya("Noor is on the way. Meanwhile, a question for you: what is the oldest jar in your kitchen?"),
    _priya("While we wait for Noor: weigh your cabbage after you cut it, not before."),
    _priya("It is quiet up here, just me and a jar of beetroot. You are welcome to ask to speak."),
)


def conversation(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yield (user name, words) without end; ``chance`` decides order and wording."""
    while True:
        for topic in (OPENING, *chance.sample(TOPICS, len(TOPICS))):
            for turn in topic:
                yield turn.speaker, chance.choice(turn.ways)


def alone(chance: random.Random) -> Iterator[str]:
    """Yield, without end, what the host says while nobody else is on stage."""
    while True:
        for turn in chance.sample(ALONE, len(ALONE)):
            yield chance.choice(turn.ways)


def pause_after(words: str, chance: random.Random) -> float:
    """Seconds of silence before the next turn: a breath, and a little more after a question."""
    return chance.uniform(0.45, 0.85) + (0.25 if words.endswith("?") else 0.0)


def welcome(name: str, chance: random.Random) -> str:
    """What the host says when ``name`` comes on stage."""
    return chance.choice(
        (
            f"{name}, welcome. The floor is yours.",
            f"Here is {name}. Go ahead, we are listening.",
            f"Hello {name}. Tap to unmute, and tell us about your jar.",
        )
    )


def thanks(chance: random.Random) -> str:
    """What the host says when somebody on stage has finished."""
    return chance.choice(
        (
            "Thank you for that. I am writing it down.",
            "Thank you. I did not know that, and now I want to try it.",
            "I am glad you came up. Thank you.",
        )
    )
