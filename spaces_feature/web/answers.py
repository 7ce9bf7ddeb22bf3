"""What answers of the API are made of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Answer(BaseModel):
    """An answer; described, not parsed."""


class Profile(Answer):
    user_id: str
    username: str
    name: str
    avatar_url: str
    url: str


class OwnConsent(Answer):
    """Whether my voice may be in what is kept now: in a recording, or in clips. ``words`` are the question."""

    state: Literal["asked", "agreed", "declined"]
    covers: Literal["recording", "clips"]
    words: str
