"""Charts as geometry: pure functions whose values the macros of ``templates/spaces/_charts.html`` draw as SVG.

In a view: ``chart = charts.line_chart("Joins that fail, last 7 days", [Series("Joins that fail", points)], moments,
labels, unit="%", limit=1, limit_words="pause above 1 %")``; in its template::

    {% from 'spaces/_charts.html' import line, spark, bars, table_behind with context %}
    {{ line(chart) }} {{ table_behind('Joins that fail', chart.head, chart.rows) }}
    {{ spark(charts.sparkline('Joins that fail', points, limit=1)) }}
    {{ bars(charts.bar_chart('From strip to voice', rows)) }}

``styles/charts.css`` gives colours by class (light, dark, forced colours) and mirrors time in right-to-left pages.
A point that is None is not known: the line has a gap there, and its table says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .chart_paths import area_of, grid_words, path_of, top_of, words_y, x_of, y_of

WIDTH = 1000
"""Units across a drawing. It is stretched to its place, so that a line keeps its width and words keep their size."""
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Series:
    """One line: what it shows and its points in order of time."""

    name: str
    points: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid: how far down, in px, and what stands beside it."""

    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as SVG: ``path`` for its ``d``; ``tone`` 1 to 4 chooses colour and dashes, never colour alone."""

    name: str
    path: str
    area: str
    tone: int


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pointer rests to read a moment: a column from ``x`` on, ``width`` wide."""

    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A point that is marked: ``x`` in percent of the width, ``y`` in px from the top."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class LineChart:
    """A chart over time. ``head`` and ``rows`` are the table behind it; ``text`` says it in one sentence.

    ``mark`` is the point of the first series that is drawn as a dot.
    """

    title: str
    text: str
    height: int
    lines: list[Drawn]
    ticks: list[Tick]
    labels: list[str]
    hits: list[Hit]
    limit: Tick | None
    limit_words_y: float
    head: list[str]
    rows: list[list[str]]
    mark: Spot | None = None


@dataclass(frozen=True, slots=True)
class Spark:
    """A line of a word's size. ``limit_y`` is None without a limit."""

    text: str
    height: int
    path: str
    limit_y: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its words, its length in percent of the longest, what stands at its end, and whether it is set apart."""

    words: str
    percent: float
    value: str
    share: str
    is_apart: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    """Rows below each other. They are a list of words and numbers to who does not see the bars."""

    title: str
    bars: list[Bar]


def said(value: float | None, unit: str = "") -> str:
    """Return a number for people: ``0.4 %``, ``1.1 s``, ``12,406``; None is not known."""
    if value is None:
        return NOT_KNOWN
    digits = 0 if abs(value) >= 100 or value == int(value) else 2 if abs(value) < 0.1 else 1
    number = f"{value:,.{digits}f}"
    return f"{number} {unit}" if unit else number


def line_chart(
    title: str,
    series: Sequence[Series],
    moments: Sequence[str],
    labels: Sequence[str],
    *,
    unit: str = "",
    limit: float | None = None,
    limit_words: str = "",
    height: int = 86,
    is_count: bool = False,
    marked: int | None = None,
) -> LineChart:
    """Lay out lines over time.

    ``moments``: one for each point, as the table and the pointer say it ("Mon 23 Nov, 14:00"). ``labels`` stand below,
    each in the middle of its equal part of the time. ``limit`` is drawn as a dashed line. ``is_count`` keeps the grid
    to whole numbers. ``height`` is in px. ``marked``: which point of the first series gets a dot.
    Raises ValueError when a series has not as many points as there are moments.
    """
    if any(len(one.points) != len(moments) for one in series):
        raise ValueError("each series needs a point, or None, for each moment")
    known = [point for one in series for point in one.points if point is not None]
    top = top_of(max(known, default=0.0), limit, is_count=is_count)
    is_filled = len(series) == 1 and limit is None
    return LineChart(
        title=title,
        text=_sentence(series, moments, unit, limit, limit_words),
        height=height,
        lines=[
            Drawn(one.name, path, area_of(one.points, top, height, WIDTH) if is_filled else "", number % 4 + 1)
            for number, one in enumerate(series)
            if (path := path_of(one.points, top, height, WIDTH))
        ],
        ticks=[Tick(0, grid_words(top)), Tick(height / 2, grid_words(top / 2)), Tick(height, "0")],
        labels=list(labels),
        hits=_hits(series, moments, unit),
        limit=None if limit is None else Tick(y_of(limit, top, height), limit_words),
        limit_words_y=words_y([one.points for one in series], limit, top, height),
        head=["When", *(one.name for one in series)],
        rows=[
            [moment, *(said(one.points[place], unit) for one in series)]
            for place, moment in reversed(list(enumerate(moments)))
        ],
        mark=None
        if marked is None
        else Spot(x_of(marked, len(moments), 100), y_of(series[0].points[marked] or 0.0, top, height)),
    )


def sparkline(
    title: str, points: Sequence[float | None], *, unit: str = "", limit: float | None = None, height: int = 24
) -> Spark:
    """Lay out a line as high as a row of text; its text says the latest, the least and the most."""
    known = [point for point in points if point is not None]
    top = top_of(max(known, default=0.0), limit, is_count=False)
    text = (
        f"{title}: {said(known[-1], unit)} now, between {said(min(known), unit)} and {said(max(known), unit)}."
        if known
        else f"{title}: nothing to show yet."
    )
    limit_y = None if limit is None else y_of(limit, top, height - 4) + 2
    return Spark(text, height, path_of(points, top, height - 4, 100, 2), limit_y)


def bar_chart(
    title: str, rows: Sequence[tuple[str, float]], *, unit: str = "", of: float | None = None, apart: int = 0
) -> BarChart:
    """Lay out bars, each with its number and its share ``of`` a whole, by default the longest.

    Nothing is more than 100 % of that: whoever comes by a link joins what they saw in no strip.

    The last ``apart`` rows are drawn lighter: they are of another kind than those above.
    """
    longest = max((value for _, value in rows), default=0.0)
    whole = longest if of is None else of
    return BarChart(
        title,
        [
            Bar(
                words,
                round(100 * value / longest, 3) if value > 0 else 0.0,
                said(value, unit),
                said(round(100 * value / whole, 1), "%") if whole else "",
                place >= len(rows) - apart,
            )
            for place, (words, value) in enumerate(rows)
        ],
    )


def _hits(series: Sequence[Series], moments: Sequence[str], unit: str) -> list[Hit]:
    width = WIDTH / max(len(moments) - 1, 1)
    hits = []
    for place, moment in enumerate(moments):
        names = [f"{one.name} " if len(series) > 1 else "" for one in series]
        words = ", ".join(f"{name}{said(one.points[place], unit)}" for name, one in zip(names, series, strict=True))
        hits.append(
            Hit(round(max(0.0, (place - 0.5) * width), 2), round(min(width, WIDTH) + 0.01, 2), f"{moment}: {words}")
        )
    return hits


def _sentence(
    series: Sequence[Series], moments: Sequence[str], unit: str, limit: float | None, limit_words: str
) -> str:
    """The chart in words, for who does not see it."""
    parts = []
    for one in series:
        known = [(place, point) for place, point in enumerate(one.points) if point is not None]
        if not known:
            parts.append(f"{one.name}: nothing to show yet.")
            continue
        place, most = max(known, key=lambda spot: spot[1])
        parts.append(
            f"{one.name}: {said(known[-1][1], unit)} at the end, at most {said(most, unit)} ({moments[place]})."
        )
    if limit is not None:
        parts.append(f"The dashed line is the limit: {limit_words or said(limit, unit)}.")
    return " ".join(parts)
