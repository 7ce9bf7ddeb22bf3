"""Where kept sound lies, and the links that lead there for a while: keys of storage, signed prefixes.

A key is ``kind/owner/random/name``: ``live/<space>/<random>/00000012.m4s``. Its first three parts are a folder, and a
link is good for one folder: ``<expires>/<signature>/<folder>/<name>``, or ``open-<expires>/...`` where it is bound to
nobody. Playlists name their segments without a folder, so that one signature leads a player through all of them.

The signature is what nginx's ``secure_link_md5`` computes. MD5 is enough for that: all that is signed is made by us, so
that nobody can bring two texts with one digest, and the secret stands at the end, where nothing can be added.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_ID = "[0-9A-Za-z]{1,32}"
_STEM = "[0-9A-Za-z][0-9A-Za-z_-]{0,63}"
_FOLDER = re.compile(rf"[a-z]{{1,16}}/{_ID}/{_ID}", re.ASCII)
_NAME = re.compile(rf"{_STEM}(?:\.[0-9a-z]{{1,8}})?", re.ASCII)
_BEGINS = re.compile(
    rf"(?:[a-z]{{0,16}}|[a-z]{{1,16}}/(?:{_ID}(?:/(?:{_ID}(?:/(?:{_STEM}(?:\.[0-9a-z]{{0,8}})?)?)?)?)?)?)", re.ASCII
)
_LINK = re.compile(
    r"(?P<open>open-)?(?P<expires>[1-9][0-9]{9})/(?P<signature>[0-9A-Za-z_-]{22})"
    r"/(?P<folder>(?P<kind>live|kept|clips|downloads)/(?P<owner>[^/]+)/[^/]+)/(?P<name>[^/]+)",
    re.ASCII,
)
_SEGMENT = re.compile(r"(?P<number>[0-9]{8})(?P<quiet>q?)\.(?P<ending>m4s|json)", re.ASCII)

OPEN = "open-"
STEP = 60
"""Seconds. Links that are bound to nobody are all the same within a minute, so that a CDN fetches each file once."""
MEDIA = {
    "m3u8": "application/vnd.apple.mpegurl",
    "m4s": "audio/mp4",
    "mp4": "audio/mp4",
    "m4a": "audio/mp4",
    "json": "application/json",
}
"""Content types by the ending of a name."""


class Kind(StrEnum):
    """What a folder holds: segments that are heard now, segments that are kept, a clip, a recording as one file."""

    LIVE = "live"
    KEPT = "kept"
    CLIPS = "clips"
    DOWNLOADS = "downloads"


@dataclass(frozen=True, slots=True)
class Segment:
    """What a numbered file is: sound (``m4s``) or its levels (``json``); ``is_quiet``: silence in its place."""

    number: int
    is_quiet: bool
    ending: str


@dataclass(frozen=True, slots=True)
class MediaPath:
    """What a link leads to. ``owner`` is a Space's id, or a clip's."""

    kind: Kind
    owner: str
    folder: str
    name: str

    @property
    def key(self) -> str:
        """Where it lies in the storage."""
        return f"{self.folder}/{self.name}"

    @property
    def content_type(self) -> str | None:
        """What it is served as; None for what is no sound of ours."""
        return MEDIA.get(self.name.rpartition(".")[2])

    @property
    def segment(self) -> Segment | None:
        """Which segment it is, None for every other file."""
        found = _SEGMENT.fullmatch(self.name)
        return Segment(int(found["number"]), bool(found["quiet"]), found["ending"]) if found else None


@dataclass(frozen=True, slots=True)
class SignedPath:
    """A link as it was sent, of the right shape and not believed yet. ``expires`` is in seconds since 1970."""

    expires: int
    signature: str
    is_open: bool
    path: MediaPath


def is_key(text: str) -> bool:
    """Whether this is where something of ours may lie: four parts of few characters, none of which means anything."""
    folder, _, name = text.rpartition("/")
    return bool(_FOLDER.fullmatch(folder) and _NAME.fullmatch(name))


def require_key(key: str) -> str:
    """Return a key. Raises ValueError, without repeating it, for what is none."""
    if not is_key(key):
        raise ValueError("this is no key of a storage of sound")
    return key


def require_beginning(prefix: str) -> str:
    """Return what keys may begin with, nothing included. Raises ValueError for what no key begins with."""
    if not _BEGINS.fullmatch(prefix):
        raise ValueError("no key of a storage of sound begins like this")
    return prefix


def expiry(now: datetime, life: int, *, is_open: bool) -> int:
    """When a link made now is over, in seconds since 1970: after ``life`` seconds, an open one up to a minute earlier.

    One that would live for no two minutes lives up to a minute longer instead, so that it is of any use.
    """
    over = int(now.timestamp()) + life
    if not is_open:
        return over
    return over // STEP * STEP if life >= 2 * STEP else -(-over // STEP) * STEP


def over_at(expires: int) -> datetime:
    """That moment."""
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=expires)


def signed_prefix(secret: str, folder: str, ear: str, expires: int) -> str:
    """Return the link to everything in a folder, without a slash at its end. An empty ``ear`` binds it to nobody."""
    if not _FOLDER.fullmatch(folder):
        raise ValueError("this is no folder of a storage of sound")
    return f"{'' if ear else OPEN}{expires}/{_signature(secret, folder, ear, expires)}/{folder}"


def read_link(text: str) -> SignedPath | None:
    """Return what a link says; None unless it looks, to the letter, like one that we make."""
    found = _LINK.fullmatch(text)
    if found is None or not is_key(f"{found['folder']}/{found['name']}"):
        return None
    path = MediaPath(Kind(found["kind"]), found["owner"], found["folder"], found["name"])
    return SignedPath(int(found["expires"]), found["signature"], bool(found["open"]), path)


def holds(link: SignedPath, secret: str, ear: str, now: datetime) -> bool:
    """Whether we made this link for who has this ``ear``, or for everybody, and its time is not over."""
    made = _signature(secret, link.path.folder, "" if link.is_open else ear, link.expires)
    is_ours = hmac.compare_digest(made.encode(), link.signature.encode())
    # A bound link without an ear would be an open one under another name.
    return is_ours and (link.is_open or bool(ear)) and now.timestamp() < link.expires


def _signature(secret: str, folder: str, ear: str, expires: int) -> str:
    digest = hashlib.md5(f"{expires}/{folder}/{ear} {secret}".encode(), usedforsecurity=False).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
