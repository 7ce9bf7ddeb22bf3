"""The pages of a Space's numbers, their file, and the API behind them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spaces_feature.domain.clips import ClipState
from spaces_feature.services import reacting
from tests.hall import Hall, a_hall
from tests.web.conftest import Visit
from tests.web.visitor import Visitor
from tests.world import World, a_world

ABSENT = "0123456789abc"


def an_evening(world: World, visit: Visit) -> str:
    """A Space of ada's in which grace and tim listened and tim asked; ended after an hour."""
    ada = visit("ada")
    space_id = str(ada.start("Why small software lasts"))
    for name in ("grace", "tim"):
        visit(name).post(f"/spaces/{space_id}/join", {})
    visit("tim").post(f"/spaces/{space_id}/requests")
    ada.put(f"/spaces/{space_id}/stage/me/microphone", {"is_open": True})
    world.clock.advance(3600)
    ada.post(f"/spaces/{space_id}/end")
    return space_id


def test_the_api_answers_as_it_says(world: World, visit: Visit) -> None:
    """The creator gets every number; the answer is the one in openapi.json."""
    space_id = an_evening(world, visit)
    found: Any = visit("ada").get(f"/spaces/{space_id}/numbers").json
    assert found["listeners"]["total"] == found["listeners"]["peak"] == 2
    assert found["requests"] == {"asked": 1, "accepted": 0, "declined": 0}
    assert [one["seconds"] for one in found["speaking"]] == [3600]
    assert "reminders" not in found
    assert found["reactions"] == {}
    assert not {"replay", "clips"} & found.keys()


def test_the_page_says_it_in_words(world: World, visit: Visit) -> None:
    """A sentence as title, the chart with its peak marked, who spoke, and a table behind each; no cache keeps it."""
    space_id = an_evening(world, visit)
    page = visit("ada").page(f"/spaces/{space_id}/numbers")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for words in ("2 people listened, 2 at once", "Why small software lasts", "Most at once: 2, 0 s in", "100 %"):
        assert words in page.text
    assert page.text.count("<table") == 2
    assert 'class="spaces-chart__spot"' in page.text
    assert "New followers" not in page.text


@pytest.mark.parametrize(("name", "status"), [("grace", 403), ("linus", 404), (None, 401)])
@pytest.mark.parametrize("path", ["/numbers", "/numbers.csv"])
def test_for_nobody_else(world: World, visit: Visit, name: str | None, status: int, path: str) -> None:
    """A listener is told whose the numbers are, the blocked find nothing, and who is signed out is asked to sign in."""
    space_id = an_evening(world, visit)
    world.graph.block(world.user("ada"), world.user("linus"))
    page = visit(name).page(f"/spaces/{space_id}{path}")
    assert page.status_code == status
    assert "people listened" not in page.text
    if status == 404:
        assert page.data == visit(name).page(f"/spaces/{ABSENT}{path}").data


def test_the_file_holds_the_same(world: World, visit: Visit) -> None:
    """Everything is one table; a title that a spreadsheet would work out stays a title."""
    ada = visit("ada")
    space_id = ada.start("=1+1")
    visit("grace").post(f"/spaces/{space_id}/join", {})
    world.clock.advance(30)
    answer = ada.page(f"/spaces/{space_id}/numbers.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    first = {row["what"]: row["value"] for row in reversed(rows)}
    assert (first["title"], first["listeners.total"], first["length_s"]) == ("'=1+1", "1", "30")
    assert [row["value"] for row in rows if row["what"] == "listeners"] == ["1", "1", "1"]


def test_reactions_are_drawn_once_there_are_some(world: World, visit: Visit) -> None:
    """Bars by their words, and a table behind them; without any there is no such part of the page."""
    ada = visit("ada")
    space_id = ada.start()
    assert "Reactions</h2>" not in ada.page(f"/spaces/{space_id}/numbers").text
    visit("grace").post(f"/spaces/{space_id}/join", {})
    assert visit("grace").post(f"/spaces/{space_id}/reactions", {"emoji": "👏"}).status_code == 204
    reacting.write_reactions(world.seams)
    page = ada.page(f"/spaces/{space_id}/numbers").text
    assert "Reactions</h2>" in page
    assert "Applause" in page
    numbers: Any = ada.get(f"/spaces/{space_id}/numbers").json
    assert numbers["reactions"] == {"👏": 1}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A world in which sound is kept."""
    with a_hall(tmp_path) as made:
        yield made


def test_what_became_of_its_sound_is_counted(hall: Hall) -> None:
    """Who heard the replay, each once, and clips that others may hear, in words, in the file and in the API."""
    world, ada = hall.world, Visitor(hall.world, "ada")
    space = world.go_live("ada", allows_clips=True)
    assert ada.get(f"/spaces/{space.id}/numbers").json["clips"] == 0
    hall.clip(space, "grace")
    hall.clip(space, "grace", expires_at=world.clock())
    hall.clip(space, "grace", state=ClipState.DELETED)
    hall.clip(space, "grace", waits_for=frozenset({space.host_id}))
    live = ada.get(f"/spaces/{space.id}/numbers").json
    assert (live["clips"], "replay" in live) == (2, False)
    hall.recorded(space)
    for name in ("grace", "grace", "linus"):
        assert Visitor(world, name).post(f"/spaces/{space.id}/recording/plays").status_code == 204
    found = ada.get(f"/spaces/{space.id}/numbers").json
    assert (found["clips"], found["replay"]) == (2, {"plays": 2})
    with ada.signed_in():
        page = ada.client.get(f"/spaces/{space.id}/numbers").text
        rows = list(csv.DictReader(io.StringIO(ada.client.get(f"/spaces/{space.id}/numbers.csv").text)))
    assert "<dt>Heard the replay</dt><dd>2</dd>" in page
    assert "<dt>Clips</dt><dd>2</dd>" in page
    assert {row["what"]: row["value"] for row in rows}.items() >= {"replay.plays": "2", "clips": "2"}.items()


def test_my_spaces_in_numbers(world: World, visit: Visit) -> None:
    """The list leads to each Space's own page and holds nobody else's; a cursor that is not ours leads nowhere."""
    space_id = an_evening(world, visit)
    page = visit("ada").page("/spaces/numbers")
    assert f'href="/spaces/{space_id}/numbers"' in page.text
    assert "No Space of yours has begun yet" in visit("grace").page("/spaces/numbers").text
    assert visit(None).page("/spaces/numbers").status_code == 401
    assert visit("ada").page("/spaces/numbers?cursor=nonsense").status_code == 404


def test_before_it_begins_there_is_little_to_say(visit: Visit) -> None:
    """A planned Space's page says how many wait, and draws no chart of nothing."""
    plan = {"title": "Later", "scheduled_start": "2026-11-23T20:00:00Z", "audience": "everyone"}
    planned: Any = visit("ada").post("/spaces", plan).json
    page = visit("ada").page(f"/spaces/{planned['space']['id']}/numbers")
    assert "This Space has not begun" in page.text
    assert "<svg" not in page.text.partition("spaces-results")[2]


def test_switched_off_there_are_none(closed: World) -> None:
    """With Spaces off the pages are the host's 404."""
    for path in ("/spaces/numbers", f"/spaces/{ABSENT}/numbers"):
        assert closed.app.test_client().get(path).status_code == 404


def test_they_are_counted_as_reads(tmp_path: Path) -> None:
    """Whoever asks all the time is asked to wait: pages share the allowance of the API's reads."""
    with a_world(tmp_path, SPACES_RATE_LIMIT_FACTOR=1, SPACES_RATE_LIMITS={"read": "2 per hour"}) as world:
        world.app.extensions["spaces"].background.stop()
        with world.identity.sign_in(world.user("ada")):
            client = world.app.test_client()
            answers = [client.get("/spaces/numbers").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
