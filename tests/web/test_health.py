"""The pages of numbers: how it goes, the same as a file, and one flag; and the charts they are drawn with."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest

from spaces_feature.services.flags import flag_desk
from spaces_feature.services.flags.flag_desk import FlagEdit
from spaces_feature.services.measures.measure_store import Exposure, Tally, tally_start
from spaces_feature.web.cockpit import charts
from spaces_feature.web.cockpit.charts import Series
from spaces_feature.web.downloads import plain
from tests.web.conftest import Visit
from tests.web.visitor import Visitor
from tests.world import World

HEALTH = "/spaces/admin/health"
NUMBERS = "/spaces/admin/flags/spaces.host/numbers"


@pytest.fixture
def pam(world: World, visit: Visit) -> Visitor:
    """Somebody of the team."""
    world.identity.make_staff(world.user("pam"))
    return visit("pam")


def page(visitor: Visitor, path: str, status: int = 200) -> str:
    """What somebody sees there."""
    with visitor.signed_in():
        answer = visitor.client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


def put(world: World, **tallies: int) -> None:
    """Tallies of the present five minutes."""
    with world.seams.store.begin() as work:
        at = tally_start(world.clock())
        work.add_tallies([Tally(at, name.replace("__", "."), n) for name, n in tallies.items()])


class Tags(HTMLParser):
    """Checks that what is opened is closed, in its order."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag, tag


def test_it_is_for_the_team(visit: Visit, pam: Visitor) -> None:
    """Whoever is signed out or no staff learns that there is a page, and no number."""
    for path in (HEALTH, f"{HEALTH}.csv", NUMBERS, f"{NUMBERS}.csv"):
        for visitor, status in ((visit(None), 401), (visit("tim"), 403)):
            assert "limit" not in page(visitor, path, status)
        page(pam, path)


def test_a_quiet_day(pam: Visitor) -> None:
    """Without a number the page says so, with every chart and its table, and says what nobody measures."""
    text = page(pam, HEALTH)
    assert '<h1 class="spaces-staff__title">Quiet right now</h1>' in text
    assert text.count("Nothing to show yet") >= 5
    assert "SPACES_LIVEKIT_METRICS_URL" in text
    assert text.count("<summary>Show as table") == 6


@pytest.mark.parametrize(
    ("tallies", "title", "badge"),
    [
        ({"joins": 1000}, "All well", "Holds"),
        ({"joins": 1000, "joins__failed": 9}, "All well, one thing to watch", "Close since 20:00"),
        ({"joins": 1000, "joins__failed": 20}, "One thing above the limit", "Above since 20:00"),
        ({"joins": 1000, "joins__failed": 20, "drops": 90}, "Two things above the limit", "Above since 20:00"),
    ],
)
def test_the_title_says_how_it_goes(
    world: World, pam: Visitor, tallies: dict[str, int], title: str, badge: str
) -> None:
    """In one sentence, with a badge of words beside each number and since when it is so."""
    world.clock.advance(1799)
    put(world, **tallies)
    text = page(pam, HEALTH)
    assert f">{title}</h1>" in text
    assert badge in text


@pytest.mark.parametrize(("chosen", "points"), [("24h", 48), ("7d", 42), ("30d", 30)])
def test_ranges(world: World, pam: Visitor, chosen: str, points: int) -> None:
    """Each has its points, in chart and table alike; another one is refused with a way on."""
    put(world, joins=1000, joins__failed=5)
    text = page(pam, f"{HEALTH}?range={chosen}")
    section = text[text.index('id="spaces-join_failures"') :].split("</section>")[0]
    assert section.count("<rect ") == points
    assert section.count("<tr>") == points + 1
    assert 'aria-current="true"' in text
    assert "Choose one of those shown" in page(pam, f"{HEALTH}?range=1y", 422)


def test_markup(world: World, pam: Visitor) -> None:
    """Every drawing has a title and a text, nothing is styled in place, ids are single, and all tags are closed."""
    put(world, joins=1000, joins__failed=5)
    for path in (HEALTH, NUMBERS):
        text = page(pam, path)
        checker = Tags()
        checker.feed(text)
        assert checker.open == []
        assert " style=" not in text
        assert "<script" not in text.split("<main")[-1].split("</main>")[0]
        for drawing in re.findall(r"<svg[^>]*role=\"img\".*?</svg>", text, re.DOTALL):
            assert "<title>" in drawing
        ids = re.findall(r' id="([^"]+)"', text)
        assert len(ids) == len(set(ids))


def test_the_file(world: World, pam: Visitor) -> None:
    """One row for each number with what it is counted of; numbers are numbers, and it is a file to keep."""
    put(world, joins=1000, joins__failed=5)
    with pam.signed_in():
        answer = pam.client.get(f"{HEALTH}.csv?range=24h")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="spaces-health-24h.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 6 * 48 + 8
    last = [row for row in rows if row["what"] == "Joins that fail"][-1]
    assert (last["value"], last["unit"], last["counted_of"], last["limit"]) == ("0.5", "%", "1000", "1")
    assert rows[-1]["what"] == "Came back another day"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """What a spreadsheet would reckon is text to it; anything else stays as it is."""
    assert plain(cell) == f"'{cell}"
    assert [plain(one) for one in ("Ada", "a=1", -1.5, 0, None)] == ["Ada", "a=1", -1.5, 0, ""]


def test_one_flag(world: World, pam: Visitor) -> None:
    """Both sides side by side, and that people hear each other across them; no number of a flag that is a limit."""
    text = page(pam, NUMBERS)
    assert "No percentage is drawn" in text
    assert "People are connected." in text
    assert "Do not read results" not in text
    with pam.signed_in():
        assert pam.client.get("/spaces/admin/flags/spaces.max_speakers/numbers").status_code == 404


def test_a_split_that_is_off_is_said_first(world: World, pam: Visitor) -> None:
    """Numbers that cannot be believed stand below a banner that says so, on both pages."""
    edited = flag_desk.edit(
        world.seams, world.user("pam"), "spaces.host", FlagEdit(default=False, percent=50), 0, "Half"
    )
    with world.seams.store.begin() as work:
        work.add_exposures(
            [
                Exposure(
                    flag="spaces.host",
                    version=edited["version"],
                    member=f"{n:032x}",
                    at=world.clock(),
                    value="on" if n % 4 == 0 else "off",
                    reason="percentage",
                )
                for n in range(200)
            ]
        )
    text = page(pam, NUMBERS)
    assert text.index("Do not read results.") < text.index("Who met it")
    assert "50 in, 150 out, 100 expected in" in text
    rows = list(csv.reader(io.StringIO(page(pam, f"{NUMBERS}.csv"))))
    assert rows[-2:] == [["Met it", "50", "", "150", ""], ["Expected of the split", "100.0", "", "100.0", ""]]
    health = page(pam, HEALTH)
    assert "Sample ratio off" in health
    assert ">One thing wrong</h1>" in health


def test_a_line_has_gaps_where_nothing_is_known() -> None:
    """A gap is no zero: the line is in pieces, one point alone is a dot, and the table says what is not known."""
    chart = charts.line_chart(
        "Joins", [Series("Joins", [1, 2, None, 3, None])], ["a", "b", "c", "d", "e"], ["x"], unit="%"
    )
    (drawn,) = chart.lines
    assert drawn.path.count("M") == 2
    assert drawn.path.endswith("h0.01")
    assert chart.rows[0] == ["e", "not known"]
    assert chart.text == "Joins: 3 % at the end, at most 3 % (d)."


@pytest.mark.parametrize(
    ("points", "limit", "top"),
    [
        ([0.4], 1.0, "1.2"),
        ([7.0], 1.0, "8"),
        ([], None, "1"),
        ([0], None, "1"),
        ([130], None, "200"),
        ([0.05], None, "0.06"),
    ],
)
def test_scales(points: list[float], limit: float | None, top: str) -> None:
    """A fifth above the limit, or the next round number above what there is; zero is always the foot."""
    chart = charts.line_chart("One", [Series("One", points)], [str(one) for one in points], [], limit=limit)
    assert [tick.words for tick in chart.ticks][::2] == [top, "0"]
    assert all(0 <= tick.y <= chart.height for tick in chart.ticks)


def test_counts_have_whole_numbers() -> None:
    """Nobody is half a listener."""
    for most in (0, 1, 2, 3, 5, 9, 11, 70, 901):
        chart = charts.line_chart("Listeners", [Series("Listeners", [most])], ["now"], [], is_count=True)
        assert all("." not in tick.words for tick in chart.ticks), most


def test_charts_of_nothing_and_of_more() -> None:
    """No points, two lines, points that do not fit: drawn, told apart, refused."""
    assert charts.sparkline("Joins", [None]).text == "Joins: nothing to show yet."
    assert charts.sparkline("Joins", [1, 3, 2], unit="%").text == "Joins: 2 % now, between 1 % and 3 %."
    assert charts.bar_chart("Funnel", [("Saw", 0), ("Joined", 0)]).bars[1].share == ""
    two = charts.line_chart("Two", [Series("In", [1, 2]), Series("Out", [2, 1])], ["a", "b"], [])
    assert [drawn.tone for drawn in two.lines] == [1, 2]
    assert two.hits[0].words == "a: In 1, Out 2"
    with pytest.raises(ValueError, match="each moment"):
        charts.line_chart("One", [Series("One", [1])], [], [])
