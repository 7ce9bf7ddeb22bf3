"""Playlists of what is over, as the text that players read (RFC 8216): every segment by its number, to the frame."""

from __future__ import annotations

import re
from collections.abc import Collection

from .grid import duration_of, name_of
from .timeline import Pieces

HEAD = (
    "#EXTM3U",
    "#EXT-X-VERSION:8",
    "#EXT-X-TARGETDURATION:1",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    "#EXT-X-MEDIA-SEQUENCE:0",
    '#EXT-X-MAP:URI="{base}init.mp4"',
)
_HELD = re.compile(r"hold-([0-9]{1,8})-([0-9]{1,8})\.m3u8", re.ASCII)


def file_of(number: int, *, is_quiet: bool = False) -> str:
    """What a segment's file is called; a silent one lies beside the place of the one that it stands for."""
    return name_of(number).replace(".", "q.") if is_quiet else name_of(number)


def held_name(numbers: tuple[int, int]) -> str:
    """What the playlist of what a clip is chosen from is called, by its first and its last number."""
    return f"hold-{numbers[0]}-{numbers[1]}.m3u8"


def held_in(name: str) -> tuple[int, int] | None:
    """The part that a playlist of this name is of; None for any other name."""
    found = _HELD.fullmatch(name)
    return (int(found[1]), int(found[2])) if found else None


def playlist_text(pieces: Pieces, *, quiet: Pieces = (), unmade: Collection[int] = (), base: str = "") -> str:
    """Return the playlist of pieces of a take, in their order.

    Of numbers in ``quiet`` the silent segment is played, or, while it is ``unmade``, a gap as long. ``base`` stands
    before every file's name.
    """
    lines = [line.format(base=base) for line in HEAD]
    silent = {number for first, last in quiet for number in range(first, last + 1)}
    for place, (first, last) in enumerate(pieces):
        if place:
            # The clock inside the segments jumps here.
            lines.append("#EXT-X-DISCONTINUITY")
        for number in range(first, last + 1):
            if number in silent and number in unmade:
                lines.append("#EXT-X-GAP")
            lines += [f"#EXTINF:{duration_of(number):.5f},", base + file_of(number, is_quiet=number in silent)]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])
