"""How it goes, ``P/admin/health``: guardrails, funnel and live numbers, and each flag in numbers. Plain pages."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, request

from ...domain.ids import UserId
from ...domain.wire import Json
from ...services.flags import health_views
from ...services.measures.health_numbers import RANGES, USUAL
from ..downloads import as_csv
from ..staff.staff_shell import Answer, Entry, StaffShell
from . import charts, health_words
from .charts import Series

SIDES = {"on": "In", "off": "Out"}
"""The two sides of a percentage, and what they are called."""


class HealthPages:
    """The pages of one app that show numbers, for the team."""

    def __init__(self, shell: StaffShell) -> None:
        self._seams = shell.seams
        self._shell = shell
        self._pages: list[Entry] = [
            ("GET", "/admin/health", "staff_health", self.health),
            ("GET", "/admin/health.csv", "staff_health_csv", self.as_csv),
            ("GET", "/admin/flags/<key>/numbers", "staff_flag_numbers", self.flag_numbers),
            ("GET", "/admin/flags/<key>/numbers.csv", "staff_flag_numbers_csv", self.flag_as_csv),
        ]

    def add_to(self, blueprint: Blueprint) -> None:
        """Enter them into the URL table."""
        self._shell.add_to(blueprint, self._pages)

    def health(self, viewer: UserId) -> Answer:
        """How it goes, now and over a chosen time."""
        chosen = health_views.known_range(request.args.get("range", USUAL))
        found = health_views.overview(self._seams, viewer, chosen)
        edges = [datetime.fromisoformat(edge) for edge in found["edges"]]
        moments, labels = health_words.moments(chosen, edges), health_words.labels(chosen, edges)
        return self._shell.page(
            viewer,
            "spaces/health.html",
            health=found,
            cards=[(one, _chart(one, moments, labels), _table(one, moments)) for one in found["guardrails"]],
            bars=charts.bar_chart(
                f"From strip to voice, last {chosen.words}",
                [(step["words"], step["members"]) for step in found["funnel"]],
                apart=1,
            ),
            range=chosen,
            ranges=RANGES.values(),
            say=health_words,
            said=charts.said,
            now=self._seams.clock(),
        )

    def as_csv(self, viewer: UserId) -> Response:
        """The numbers of the page as a table: one row for each number, with what it is counted of."""
        chosen = health_views.known_range(request.args.get("range", USUAL))
        found = health_views.overview(self._seams, viewer, chosen)
        rows: list[list[object]] = []
        for one in found["guardrails"]:
            rows += [
                [one["words"], begins, ends, _rounded(point["value"]), one["unit"], point["sample"], one["limit"]]
                for begins, ends, point in zip(found["edges"], found["edges"][1:], one["points"], strict=False)
            ]
        rows += [
            [step["words"], found["edges"][0], found["edges"][-1], step["members"], "members", "", ""]
            for step in found["funnel"]
        ]
        head = ("what", "from", "until", "value", "unit", "counted_of", "limit")
        return as_csv(f"spaces-health-{chosen.key}", head, rows)

    def flag_numbers(self, viewer: UserId, key: str) -> Answer:
        """One flag: who met it, whether its numbers may be believed, and how far both sides came."""
        chosen = health_views.known_range(request.args.get("range", USUAL))
        found = health_views.flag_numbers(self._seams, viewer, key, chosen)
        return self._shell.page(
            viewer,
            "spaces/health_flag.html",
            numbers=found,
            sides=[
                (
                    words,
                    side,
                    charts.bar_chart(
                        f"{words}, last {chosen.words}",
                        [(step["words"], step[side]["members"]) for step in found["funnel"]],
                        apart=1,
                    ),
                )
                for side, words in SIDES.items()
            ],
            range=chosen,
            ranges=RANGES.values(),
            say=health_words,
            said=charts.said,
        )

    def flag_as_csv(self, viewer: UserId, key: str) -> Response:
        """How far both sides of a flag came, and below it the split."""
        chosen = health_views.known_range(request.args.get("range", USUAL))
        found = health_views.flag_numbers(self._seams, viewer, key, chosen)
        ratio = found["ratio"]
        expected = ratio["expected"] if ratio["is_tested"] else None
        left_out = None if expected is None else ratio["in"] + ratio["out"] - expected
        rows = [
            *(_arm_cells(step) for step in found["funnel"]),
            ["Met it", ratio["in"], None, ratio["out"], None],
            ["Expected of the split", expected, None, left_out, None],
        ]
        head = ("what", "in", "share_in", "out", "share_out")
        return as_csv(f"{key.replace('.', '-')}-numbers-{chosen.key}", head, rows)


def _arm_cells(step: Json) -> list[object]:
    sides = [cell for side in SIDES for cell in (step[side]["members"], _rounded(step[side]["share"]))]
    return [step["words"], *sides]


def _chart(one: Json, moments: list[str], labels: list[str]) -> charts.LineChart:
    return charts.line_chart(
        one["words"],
        [Series(one["words"], [point["value"] for point in one["points"]])],
        moments,
        labels,
        unit=one["unit"],
        limit=one["limit"],
        limit_words=one["limit_words"].lower(),
    )


def _table(one: Json, moments: list[str]) -> tuple[list[str], list[list[str]]]:
    """The table behind a chart, latest first: each value, and of how much it is."""
    rows = [
        [moment, charts.said(point["value"], one["unit"]), f"{point['sample']:,}"]
        for moment, point in zip(moments, one["points"], strict=True)
    ]
    return ["When", one["words"], f"Of {one['sample_words']}"], rows[::-1]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
