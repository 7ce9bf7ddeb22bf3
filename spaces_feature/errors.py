"""Every refusal of the package, as one tree.

    SpacesError
    ├── SetupError               the embedding is wrong; raised at init_app with every problem
    ├── Refusal                  the request was understood and is refused
    │   ├── NotSignedIn          not_signed_in
    │   ├── NotFound             not_found: absent, or not to be known by this viewer
    │   ├── Forbidden            known to the viewer, but not theirs to do
    │   ├── WrongState           the state does not allow it (data: state)
    │   ├── Conflict             collides with something that exists (data: what)
    │   ├── Invalid              the input breaks a rule (data: field)
    │   ├── Limited              too often (data: retry_after, seconds)
    │   ├── Unavailable          a part we need is away (data: retry_after, seconds)
    │   └── Broken               internal_error: our own mistake, written in the log
    ├── StorageDown              the storage of sound could not be reached, or refused
    ├── MediaError               the SFU answered an error, or did not answer
    │   └── MediaDown            it could not be reached within the deadline
    └── WebhookRefused           a webhook's signature, hash or expiry does not hold

``code`` is stable and part of the outside contract; ``sentence`` is plain English for people; ``way_on`` says what
to do next. HTTP statuses live in ``web/problems.py`` only.
"""

from __future__ import annotations

from typing import ClassVar


class SpacesError(Exception):
    """Root of everything the package raises on purpose."""


class SetupError(SpacesError):
    """The embedding is incomplete or contradictory. ``problems`` lists every one found, each with its fix."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("Spaces cannot start:\n" + "\n".join(f"  - {problem}" for problem in problems))


class Refusal(SpacesError):
    """A request that was understood and is refused, with a stable code, a sentence and the way on."""

    default_code: ClassVar[str] = "refused"
    default_sentence: ClassVar[str] = "This is not possible."

    def __init__(self, code: str | None = None, sentence: str | None = None, way_on: str = "", **data: object) -> None:
        self.code = code or self.default_code
        self.sentence = sentence or self.default_sentence
        self.way_on = way_on
        self.data = data
        super().__init__(self.code)


class NotSignedIn(Refusal):
    default_code = "not_signed_in"
    default_sentence = "Sign in to do this."


class NotFound(Refusal):
    default_code = "not_found"
    default_sentence = "There is nothing here, or not for you."


class Forbidden(Refusal):
    default_code = "forbidden"
    default_sentence = "You may not do this."


class WrongState(Refusal):
    default_code = "wrong_state"
    default_sentence = "It is too early or too late for this."


class Conflict(Refusal):
    default_code = "conflict"
    default_sentence = "This collides with something that exists."


class Invalid(Refusal):
    default_code = "invalid"
    default_sentence = "Something in this request is not right."


class Limited(Refusal):
    default_code = "too_many_requests"
    default_sentence = "That was a lot at once. Wait a moment."


class Unavailable(Refusal):
    default_code = "unavailable"
    default_sentence = "This is not available right now. Try again in a moment."


class Broken(Refusal):
    default_code = "internal_error"
    default_sentence = "Something went wrong on our side."


class MediaError(SpacesError):
    """The SFU refused a call. ``code`` is its Twirp code; the message never carries a token."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"the SFU answered {code}")


class MediaDown(MediaError):
    """The SFU did not answer within our deadline."""

    def __init__(self) -> None:
        super().__init__("unavailable")


class StorageDown(SpacesError):
    """The storage of sound did not answer, or refused. ``reason`` is safe to log; what is not there is no error."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the storage of sound is away: {reason}")


class WebhookRefused(SpacesError):
    """A webhook whose signature, hash or expiry does not hold. ``reason`` is safe to log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
