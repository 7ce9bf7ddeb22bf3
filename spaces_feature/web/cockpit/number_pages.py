"""The pages of a Space's numbers: one Space, its file, and all that a member created. Plain HTML."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request

from ...domain.ids import SpaceId, UserId
from ...domain.wire import Json
from ...errors import Forbidden, NotFound, Refusal
from ...services.measures import space_numbers
from ...services.seams import Seams
from ..assets import asset
from ..problems import status_of
from . import number_words
from .charts import BarChart, LineChart, Series, bar_chart, line_chart
from .number_words import brief, lasting, on_the_clock

LABELS = 5
"""Times below the chart."""
HEIGHT = 168
"""The chart's, in px."""


class NumberPages:
    """The pages of one app."""

    def __init__(self, seams: Seams) -> None:
        self._seams = seams

    def add_to(self, blueprint: Blueprint) -> None:
        """Enter them into the URL table."""
        views: list[tuple[str, str, Callable[..., Response]]] = [
            ("/numbers", "all_numbers", self.own),
            ("/<string(length=13):space_id>/numbers", "numbers", self.one),
            ("/<string(length=13):space_id>/numbers.csv", "numbers_csv", self.file),
        ]
        for path, name, view in views:
            blueprint.add_url_rule(path, name, self._for_members(view))

    def _for_members(self, view: Callable[..., Response]) -> Callable[..., Response]:
        """The view behind its door: 401 and 403 are plain pages, what does not exist is the host's 404."""

        def shown(**ids: str) -> Response:
            viewer = self._seams.identity.current_user_id()
            if viewer is None:
                return self._page("spaces/signed_out.html", 401)
            current_app.extensions["spaces"].background.ensure()
            try:
                return view(viewer, **ids)
            except NotFound:
                abort(404)
            except Forbidden as refusal:
                return self._page("spaces/removed.html", 403, refusal=refusal)
            except Refusal as refusal:
                abort(404 if status_of(refusal) == 422 else 503)

        return shown

    def one(self, viewer: UserId, space_id: SpaceId) -> Response:
        """One Space: its audience over time, who spoke, and the numbers between."""
        numbers = space_numbers.numbers(self._seams, viewer, space_id)
        return self._page(
            "spaces/numbers.html",
            numbers=numbers,
            sentence=number_words.headline(numbers),
            audience=_audience(numbers["listeners"]),
            peak_after=_peak_after(numbers),
            spoken=(spoken := _spoken(numbers["speaking"])),
            voices=[
                [bar.words, on_the_clock(one["seconds"]), bar.share]
                for bar, one in zip(spoken.bars, numbers["speaking"], strict=True)
            ],
            reactions=(reactions := _reactions(numbers.get("reactions", {}))),
            reaction_rows=[[bar.words, bar.value, bar.share] for bar in reactions.bars],
            is_own=numbers["space"]["creator_id"] == viewer,
            is_mine=(numbers["new_followers"] or {}).get("user_id") == viewer,
        )

    def file(self, viewer: UserId, space_id: SpaceId) -> Response:
        """The same as a file for spreadsheets."""
        numbers = space_numbers.numbers(self._seams, viewer, space_id)
        response = Response(number_words.as_csv(numbers), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{space_id}.csv"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def own(self, viewer: UserId) -> Response:
        """All Spaces that the member created, newest first."""
        own = space_numbers.own(self._seams, viewer, request.args.get("cursor"))
        return self._page("spaces/all_numbers.html", own=own)

    def _page(self, template: str, status: int = 200, refusal: Refusal | None = None, **results: Any) -> Response:
        page = render_template(
            template,
            base_template=self._seams.config.base_template or "spaces/base.html",
            prefix=self._seams.config.url_prefix,
            refusal=refusal,
            # By one name, since the host's own template reads names of its own.
            results={"stylesheet": asset("numbers.css"), "lasting": lasting, **results},
        )
        response = make_response(page, status)
        response.headers["Cache-Control"] = "no-store"
        return response


def _peak_after(numbers: Json) -> str:
    """How long after the beginning most people listened; nothing when nobody did."""
    started, peak_at = numbers["space"]["started_at"], numbers["listeners"]["peak_at"]
    if not (started and peak_at):
        return ""
    return lasting((datetime.fromisoformat(peak_at) - datetime.fromisoformat(started)).total_seconds())


def _audience(listeners: Json) -> LineChart:
    """Listeners over time, by the Space's own clock: no reader's time zone has to be known."""
    counts = [point["count"] for point in listeners["points"]]
    step = listeners["step_s"]
    part = len(counts) * step / LABELS
    return line_chart(
        "Listeners over time",
        [Series("Listeners", counts)],
        [on_the_clock(place * step) for place in range(len(counts))],
        [brief((label + 0.5) * part) for label in range(LABELS)] if counts else [],
        height=HEIGHT,
        is_count=True,
        marked=counts.index(max(counts)) if any(counts) else None,
    )


def _spoken(speaking: list[Json]) -> BarChart:
    """How long each microphone was open, and its share of the talk."""
    whole = sum(one["seconds"] for one in speaking)
    names = [one["profile"]["name"] if one["profile"] else "Somebody who has left" for one in speaking]
    rows = [(name, float(one["seconds"])) for name, one in zip(names, speaking, strict=True)]
    return bar_chart("Time with the microphone open", rows, of=float(whole))


def _reactions(counts: dict[str, int]) -> BarChart:
    """How often each came. By its word: not every reader's machine draws every emoji."""
    rows = [(number_words.REACTIONS[emoji], float(count)) for emoji, count in counts.items()]
    return bar_chart("Reactions", rows, of=float(sum(counts.values())))
