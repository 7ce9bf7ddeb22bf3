"""Links to sound: what is signed, who can use it and for how long, and what is no link and no key at all."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.media_links import (
    Kind,
    Segment,
    expiry,
    holds,
    is_key,
    over_at,
    read_link,
    signed_prefix,
)
from spaces_feature.testing.storage import NO_KEYS

SECRET, EAR = "5" * 64, "e" * 32
FOLDER = "live/0123456789abc/0123456789ABCDEFGHIJKL"
NOW = datetime(2026, 11, 24, 20, 0, 5, tzinfo=UTC)
EXPIRES = expiry(NOW, 600, is_open=False)
LINK = f"{signed_prefix(SECRET, FOLDER, EAR, EXPIRES)}/00000012.m4s"


def test_the_signature_is_what_nginx_computes() -> None:
    """base64url of MD5 over expiry, folder, ear and secret, without padding (``secure_link_md5``)."""
    digest = hashlib.md5(f"{EXPIRES}/{FOLDER}/{EAR} {SECRET}".encode()).digest()
    signature = urlsafe_b64encode(digest).decode().rstrip("=")
    assert f"{EXPIRES}/{signature}/{FOLDER}/00000012.m4s" == LINK
    assert len(signature) == 22


def test_a_link_says_what_it_leads_to() -> None:
    """Kind, owner, folder, name, key, type and segment are read off it."""
    link = read_link(LINK)
    assert link is not None
    path = link.path
    assert (path.kind, path.owner, path.key) == (Kind.LIVE, "0123456789abc", f"{FOLDER}/00000012.m4s")
    assert (path.content_type, path.segment) == ("audio/mp4", Segment(12, False, "m4s"))
    other = read_link(LINK.replace("00000012.m4s", "00000012q.m4s"))
    assert other is not None
    assert other.path.segment == Segment(12, True, "m4s")


@pytest.mark.parametrize(
    ("ear", "secret", "after", "is_good"),
    [
        (EAR, SECRET, 0, True),
        (EAR, SECRET, 599, True),
        (EAR, SECRET, 600, False),
        ("f" * 32, SECRET, 0, False),
        ("", SECRET, 0, False),
        (EAR, "6" * 64, 0, False),
    ],
)
def test_a_link_is_good_for_one_ear_and_its_time(ear: str, secret: str, after: int, is_good: bool) -> None:
    """With another ear, none, another secret, or too late, it is not."""
    link = read_link(LINK)
    assert link is not None
    assert holds(link, secret, ear, NOW + timedelta(seconds=after)) is is_good


@pytest.mark.parametrize("signed", Kind)
def test_a_signature_is_for_one_folder(signed: Kind) -> None:
    """Moved to another kind, owner or random part it holds for nothing: what is live never opens what is kept."""
    owner, random = "0123456789abc", "0123456789ABCDEFGHIJKL"
    _, signature, _ = signed_prefix(SECRET, f"{signed}/{owner}/{random}", EAR, EXPIRES).split("/", 2)
    others = [f"{kind}/{owner}/{random}" for kind in Kind if kind is not signed]
    others += [f"{signed}/{owner[::-1]}/{random}", f"{signed}/{owner}/{random[::-1]}", f"{signed}/{owner}/{owner}"]
    for folder in others:
        link = read_link(f"{EXPIRES}/{signature}/{folder}/a.m4a")
        assert link is not None
        assert not holds(link, SECRET, EAR, NOW), folder


@pytest.mark.parametrize("ear", ["", EAR])
def test_an_open_link_is_good_for_every_ear(ear: str) -> None:
    """It says that it is open; under the name of a bound one it is good for nobody."""
    prefix = signed_prefix(SECRET, FOLDER, "", EXPIRES)
    assert prefix.startswith(f"open-{EXPIRES}/")
    link, renamed = read_link(f"{prefix}/a.m4a"), read_link(f"{prefix.removeprefix('open-')}/a.m4a")
    assert link is not None
    assert renamed is not None
    assert holds(link, SECRET, ear, NOW)
    assert not holds(renamed, SECRET, ear, NOW)


@pytest.mark.parametrize(("life", "least", "most"), [(600, 540, 600), (120, 60, 120), (60, 60, 120)])
def test_open_links_are_alike_within_a_minute(life: int, least: int, most: int) -> None:
    """So that a CDN fetches a file once for everybody; none lives longer than ten minutes, or too short for use."""
    overs = [expiry(NOW + timedelta(seconds=second), life, is_open=True) for second in range(120)]
    assert len(set(overs)) == 3
    assert all(over % 60 == 0 for over in overs)
    assert all(least <= (over_at(over) - NOW).total_seconds() - second <= most for second, over in enumerate(overs))
    assert over_at(EXPIRES) == NOW + timedelta(seconds=600)


@given(st.data())
def test_whoever_changes_a_character_has_nothing(data: st.DataObject) -> None:
    """Any other text is no link, or one that does not hold; but for the name, which is not signed."""
    place = data.draw(st.integers(0, len(LINK) - len("/00000012.m4s") - 1))
    character = data.draw(st.characters())
    changed = LINK[:place] + character + LINK[place + 1 :]
    link = read_link(changed)
    assert changed == LINK or link is None or not holds(link, SECRET, EAR, NOW)


@given(st.text())
def test_no_text_makes_it_stumble(text: str) -> None:
    """Whatever is sent is read or not; what is read is a key of ours."""
    link = read_link(text)
    assert link is None or is_key(link.path.key)


@pytest.mark.parametrize("key", NO_KEYS)
def test_no_link_leads_to_what_is_no_key(key: str) -> None:
    """What an adapter would refuse is not even asked for."""
    assert not is_key(key)
    assert read_link(f"{EXPIRES}/{'A' * 22}/{key}") is None


@pytest.mark.parametrize(
    "folder", ["", "live", "live/a", "live/a/b/c", "live/a/..", "live/a/b/", "../a/b", "live/a b/c"]
)
def test_only_folders_are_signed(folder: str) -> None:
    """A mistake of ours does not become a link."""
    with pytest.raises(ValueError, match="no folder"):
        signed_prefix(SECRET, folder, EAR, EXPIRES)
