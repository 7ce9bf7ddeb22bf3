"""The numbers of a Space as the API answers them."""

from __future__ import annotations

from datetime import datetime

from .schemas import Answer, Profile, StateName


class NumbersOfSpace(Answer):
    """Which Space, and how long it lasted or has lasted, in seconds."""

    id: str
    title: str
    state: StateName
    creator_id: str
    started_at: datetime | None
    ended_at: datetime | None
    length_s: int


class ListenersAt(Answer):
    """The most who listened at once in the stretch that begins then."""

    at: datetime
    count: int


class Audience(Answer):
    """Who listened, without those on stage.

    ``total`` counts people, ``now`` those who listen at this moment (null once it is over). ``average_s`` and
    ``median_s`` are seconds that one of them listened in all. At most 120 ``points``, one every ``step_s`` seconds.
    """

    total: int
    now: int | None
    peak: int
    peak_at: datetime | None
    average_s: int | None
    median_s: int | None
    step_s: int
    points: list[ListenersAt]


class SpeakingTime(Answer):
    """How long one speaker's microphone was open. Without an id somebody whose account is gone."""

    user_id: str | None
    profile: Profile | None
    seconds: int


class AnsweredRequests(Answer):
    """How often somebody asked to speak, and what came of it."""

    asked: int
    accepted: int
    declined: int


class NewFollowers(Answer):
    """How many followed this member while the Space was live, and still do."""

    user_id: str
    profile: Profile
    count: int


class Replayed(Answer):
    """How many listened to the recording, each once."""

    plays: int


class SpaceNumbers(Answer):
    """The numbers of one Space. ``people`` counts everybody who was there, on stage as well.

    ``speaking``: who spoke longest first. ``new_followers`` is null where the host app does not know. ``reminders`` is
    there for Spaces that were planned, ``reactions``, how often each emoji came, where people may react, ``replay`` for
    recorded ones that are over, ``clips``, how many there are or were for others to hear, where clips are made.
    """

    space: NumbersOfSpace
    people: int
    listeners: Audience
    speaking: list[SpeakingTime]
    requests: AnsweredRequests
    new_followers: NewFollowers | None
    reminders: int | None = None
    reactions: dict[str, int] | None = None
    replay: Replayed | None = None
    clips: int | None = None
