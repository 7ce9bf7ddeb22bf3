"""The history of flags and kill switches: pages, and the whole of it as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from flask import Response, request

from ...domain.ids import UserId
from ...domain.wire import Json
from ...errors import NotFound
from ...flags import BY_KEY, FLAGS
from ...services.flags import flag_views
from ..staff.staff_shell import Answer, Entry, StaffShell
from . import cockpit_words

MOST = 10_000
"""Lines of a file; the latest ones."""
COLUMNS = ("at", "key", "name", "version", "kind", "actor", "words", "reason", "before", "after", "request_id")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet reckon instead of read."""


class HistoryPages:
    """Who changed what, when, and why."""

    def __init__(self, shell: StaffShell) -> None:
        self._seams = shell.seams
        self._shell = shell
        self.pages: list[Entry] = [
            ("GET", "/admin/history", "staff_history", self.history),
            ("GET", "/admin/history.csv", "staff_history_csv", self.as_csv),
            ("GET", "/admin/history.json", "staff_history_json", self.as_json),
        ]

    def history(self, viewer: UserId) -> Answer:
        """A page of it, latest first, of one flag or of all."""
        key = _key()
        page = flag_views.history(self._seams, viewer, key=key, after=_cursor())
        return self._shell.page(
            viewer,
            "spaces/cockpit_history.html",
            history=page,
            key=key,
            flags=FLAGS,
            say=cockpit_words,
            now=self._seams.clock(),
        )

    def as_csv(self, viewer: UserId) -> Answer:
        """All of it as a table."""
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow(COLUMNS)
        for line in self._all(viewer):
            table.writerow(_plain(cell) for cell in _cells(line))
        return _file(text.getvalue(), "text/csv", "csv")

    def as_json(self, viewer: UserId) -> Answer:
        """All of it for programs."""
        return _file(json.dumps({"data": list(self._all(viewer))}, indent=1), "application/json", "json")

    def _all(self, viewer: UserId) -> Iterator[Json]:
        key, after, left = _key(), None, MOST
        while left > 0:
            page = flag_views.history(self._seams, viewer, key=key, after=after)
            yield from page["data"][:left]
            left -= len(page["data"])
            after = page["next_cursor"]
            if after is None:
                return


def _key() -> str | None:
    """The flag that is asked for; raises NotFound for one that there is not."""
    key = request.args.get("flag") or None
    if key is not None and key not in BY_KEY:
        raise NotFound
    return key


def _cursor() -> str | None:
    """The place to go on from; what is none of ours is the beginning."""
    given = request.args.get("cursor", "")
    return given if given.isascii() and given.isalnum() else None


def _cells(line: Json) -> list[str]:
    actor = line["actor"]["username"] if line["actor"] else ""
    before, after = (
        json.dumps({one["field"]: one[side] for one in line["changes"]}, sort_keys=True) if line["changes"] else ""
        for side in ("before", "after")
    )
    told = {**line, "actor": actor, "before": before, "after": after}
    return [str(told.get(column, "")) for column in COLUMNS]


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _file(text: str, mimetype: str, kind: str) -> Response:
    return Response(
        text,
        mimetype=mimetype,
        headers={
            "Content-Disposition": f'attachment; filename="spaces-flags-history.{kind}"',
            "Cache-Control": "no-store",
        },
    )
