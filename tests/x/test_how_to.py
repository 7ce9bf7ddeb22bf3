"""The program shown in ``docs/how-to/x-api.md`` runs as it stands."""

from __future__ import annotations

import pytest

from spaces_feature.services.outside import tokens
from tests.docs.pages import ROOT, blocks
from tests.world import World
from tests.x.conftest import served

PAGE = ROOT / "docs" / "how-to" / "x-api.md"


def test_the_program_shown_runs(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Given an address and a token it prints who talks about software."""
    (shown,) = [block for block in blocks("") if block.page == PAGE]
    world.go_live("ada")
    token = tokens.create_token(world.seams, "dashboard")[1]
    with served(world.app, "/spaces") as origin:
        exec(shown.text, {"HERE": origin, "TOKEN": token})
    assert capsys.readouterr().out == "live Why small software lasts 0\n"
