"""The playlist of a broadcast: the last eight segments, and everything that a player must know of those before them."""

from __future__ import annotations

import re
from collections import deque
from datetime import datetime, timedelta

from ...domain.grid import begins_ms, duration_of, name_of, number_in

NAME = "index.m3u8"
CONTENT_TYPE = "application/vnd.apple.mpegurl"
WINDOW = 8
_BREAK = "#EXT-X-DISCONTINUITY"


class LiveIndex:
    """What is listed. Where a recorder was lost, numbers are missing, and players are told of a break."""

    def __init__(self, began_at: datetime) -> None:
        self._began_at = began_at
        self._listed: deque[tuple[int, bool]] = deque()
        self._sequence = 0
        self._breaks = 0

    @property
    def numbers(self) -> list[int]:
        """The numbers that are listed, oldest first."""
        return [number for number, _ in self._listed]

    def add(self, number: int) -> None:
        """List another segment; the oldest of nine goes."""
        if self._listed and number <= self._listed[-1][0]:
            return
        if not self._listed and not self._sequence:
            # Whoever begins anew counts on from whatever players have seen: numbers only grow.
            self._sequence = number
        self._listed.append((number, bool(self._listed) and number != self._listed[-1][0] + 1))
        if len(self._listed) > WINDOW:
            _, was_break = self._listed.popleft()
            self._sequence += 1
            self._breaks += was_break

    def text(self) -> str:
        """Return the playlist."""
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:6",
            "#EXT-X-TARGETDURATION:1",
            f"#EXT-X-MEDIA-SEQUENCE:{self._sequence}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._breaks}",
            '#EXT-X-MAP:URI="init.mp4"',
        ]
        for number, is_break in self._listed:
            lines += [_BREAK] if is_break else []
            lines += [
                f"#EXT-X-PROGRAM-DATE-TIME:{moment_of(self._began_at, number)}",
                f"#EXTINF:{duration_of(number):.5f},",
                name_of(number),
            ]
        return "\n".join([*lines, ""])

    def go_on(self, text: str) -> None:
        """Go on where another recorder's playlist ended; one that cannot be read is none."""
        sequence = re.search(r"^#EXT-X-MEDIA-SEQUENCE:(\d{1,12})$", text, re.MULTILINE)
        breaks = re.search(r"^#EXT-X-DISCONTINUITY-SEQUENCE:(\d{1,12})$", text, re.MULTILINE)
        if sequence is None or breaks is None:
            return
        self._sequence, self._breaks = int(sequence[1]), int(breaks[1])
        self._listed.clear()
        is_break = False
        for line in text.splitlines():
            number = number_in(line)
            if number is not None:
                self._listed.append((number, is_break))
            is_break = line == _BREAK or (is_break and number is None)


def moment_of(began_at: datetime, number: int) -> str:
    """Return when a segment's first sample was made, as ISO 8601 in UTC with milliseconds."""
    moment = began_at + timedelta(milliseconds=begins_ms(number))
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
