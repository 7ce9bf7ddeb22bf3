"""R12: kill -9 at random moments of a row of commands over HTTP. ``KILL_RUNS`` makes it longer (50 is R12's)."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from tests.world import a_world

from .far_media import serve_media
from .killed_play import KilledPlay
from .running import a_host

RUNS = int(os.environ.get("KILL_RUNS", "1"))
COMMANDS = 200


@pytest.mark.timeout(300)
@pytest.mark.parametrize("run", range(RUNS))
def test_what_was_acknowledged_is_there_and_nothing_is_half_done(tmp_path: Path, run: int) -> None:
    """R12: 200 commands, the process killed under one in fifteen: rows are what the oracle says, done or not done."""
    chance = Random(f"kill {run} {os.environ.get('KILL_SEED', '')}")
    with a_world(tmp_path) as world:
        play = KilledPlay(world, None, chance, 10**9)  # type: ignore[arg-type]
        with a_host(tmp_path, f"sqlite:///{tmp_path / 'world.sqlite3'}", serve_media(play.house.media)) as host:
            play.host = host
            play.begin(chance)
            play.kills_one_in = 15
            while play.commands < COMMANDS:
                play.step(chance)
                try:
                    play.everything_is_as_the_oracle_says()
                except AssertionError as problem:
                    raise AssertionError("\n".join([*play.story[-30:], str(problem), host.words()])) from problem
            assert "Traceback" not in host.words()
    print(f"{play.commands} commands, {play.kills} kills, {sum('died' in line for line in play.story)} cut short")
