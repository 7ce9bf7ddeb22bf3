"""How long measures are kept, and what is left of somebody who was erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from spaces_feature.minting import Mint
from spaces_feature.services import attending
from spaces_feature.services.law.forgetting import erase_user, forget_old
from spaces_feature.services.reconciling import Reconciler
from tests.world import World, a_world

from .test_measures import IN, came_to, counted, decide, exposed


def test_what_is_erased_stays_erased(world: World) -> None:
    """Erasing a member takes what is written and what waits; others, and counts of nobody, stay."""
    for name in ("ada", "grace"):
        world.seams.meter.expose("spaces.strip", world.user(name), IN)
        world.seams.meter.reached(world.user(name), "joined")
    world.seams.meter.count("joins", 2)
    world.seams.meter.flush(world.seams)
    world.seams.meter.expose("spaces.host", world.user("ada"), IN)
    world.seams.meter.reached(world.user("ada"), "opened")
    erased = erase_user(world.seams, world.user("ada"))
    assert (erased.exposures, erased.milestones) == (1, 1)
    assert exposed(world) == {"spaces.strip": 1}
    assert came_to(world) == {"joined": 1}
    assert counted(world) == {"joins": 2}
    assert erase_user(world.seams, world.user("ada")).exposures == 0


def test_what_was_written_under_an_earlier_secret_is_erased_too(tmp_path: Any) -> None:
    """A secret that was changed hides nobody who goes, as long as the app still names it."""
    with a_world(tmp_path, SECRET_KEY_FALLBACKS=["of last year"]) as world:
        ada = world.user("ada")
        world.seams.meter.reached(ada, "joined")
        world.seams.meter.flush(replace(world.seams, ids=Mint("of last year")))
        world.seams.meter.expose("spaces.strip", ada, IN)
        world.seams.meter.flush(world.seams)
        assert came_to(world) == {"joined": 1}
        erased = erase_user(world.seams, ada)
        assert (erased.exposures, erased.milestones) == (1, 1)
        assert came_to(world) == {}


def test_who_is_erased_stands_on_no_list(world: World) -> None:
    """Flags are decided again without them, in the history without their name; other flags stay as they are."""
    ada, grace = world.user("ada"), world.user("grace")
    decide(world, "spaces.host", default=False, percent=5, allow=[ada, grace], deny=[])
    decide(world, "spaces.listen", default=True, deny=[grace])
    assert world.seams.flags.is_on("spaces.host", ada)
    for _ in range(2):
        erase_user(world.seams, ada)
    with world.seams.store.begin() as work:
        rows, changes = work.flag_rows(), work.flag_changes(None, None, 10)
    assert {key: row.version for key, row in rows.items()} == {"spaces.host": 2, "spaces.listen": 1}
    assert rows["spaces.host"].body == {"default": False, "percent": 5, "allow": [grace], "deny": []}
    assert [(change.key, change.kind, change.actor) for change in changes] == [("spaces.host", "edited", None)]


def test_the_reconciler_forgets_what_is_old(world: World) -> None:
    """Exposures and milestones go after 90 days, tallies after 400; before that they stay."""
    world.seams.meter.expose("spaces.strip", world.user("ada"), IN)
    world.seams.meter.reached(world.user("ada"), "joined")
    world.seams.meter.count("joins")
    world.seams.meter.flush(world.seams)
    long = timedelta(days=500)
    world.clock.advance(89 * 86_400)
    Reconciler(world.seams, "one").round()
    assert exposed(world, since=long) == {"spaces.strip": 1}
    world.clock.advance(2 * 86_400)
    Reconciler(world.seams, "two").round()
    assert exposed(world, since=long) == {}
    with world.seams.store.begin() as work:
        assert work.tally_sums(world.clock.now - long, world.clock.now)["joins"] == 1
    world.clock.advance(310 * 86_400)
    forget_old(world.seams, world.clock.now)
    with world.seams.store.begin() as work:
        assert "joins" not in work.tally_sums(world.clock.now - long, world.clock.now)


def test_a_host_app_may_keep_nothing_about_members(tmp_path: Any) -> None:
    """With SPACES_EXPOSURE_DAYS = 0 nobody is exposed and nobody comes anywhere; what is about nobody is counted."""
    with a_world(tmp_path, SPACES_EXPOSURE_DAYS=0) as world:
        space = world.go_live("ada")
        attending.join(world.seams, world.user("grace"), space.id)
        assert exposed(world) == {}
        assert came_to(world) == {}
        assert counted(world) == {"joins": 1, "listeners": 1}
