"""What pages report of themselves: how much of it counts, and about what."""

from __future__ import annotations

from dataclasses import replace

from spaces_feature.domain.ids import GUEST, UserId
from spaces_feature.services import attending
from spaces_feature.services.measures import measuring
from spaces_feature.services.measures.meter import Meter
from tests.world import World

from .test_measures import a_stay, counted, database_away


def test_a_browser_counts_once_in_half_an_hour(world: World) -> None:
    """Twenty failures of one member are one, in whatever minute of half an hour; then another counts. Guests count."""
    space = world.go_live("ada")
    guest = UserId(f"{GUEST}{'a' * 22}")
    for user_id in (world.user("grace"), guest):
        measuring.joined(world.seams, space, a_stay(world, space, user_id))
    failure, heard = measuring.Said("connect_failed", space.id), measuring.Said("heard", space.id, seconds=0.8)
    speaking = [measuring.Said(name, space.id, is_speaker=True) for name in ("connected", "connect_failed")]
    for _ in range(3):
        measuring.browser_said(world.seams, world.user("grace"), [failure] * 20)
        world.clock.advance(60)
    untimed = measuring.Said("heard", space.id)
    measuring.browser_said(world.seams, world.user("grace"), [*speaking, measuring.Said("dropped", space.id), untimed])
    measuring.browser_said(world.seams, guest, [heard, measuring.Said("opened")])
    found = {"speaker_connects": 1, "speaker_connects.failed": 1, "drops": 1, "first_sound.le.1000": 1}
    assert counted(world).items() >= {"joins.failed": 1, **found}.items()
    world.clock.advance(30 * 60)
    measuring.joined(world.seams, space, a_stay(world, space, world.user("grace")))
    measuring.browser_said(world.seams, world.user("grace"), [failure, heard])
    assert counted(world).items() >= {"joins.failed": 2, "first_sound.le.1000": 2}.items()


def test_a_browser_is_believed_only_about_where_it_was_let_in(world: World) -> None:
    """Invented Spaces, and real ones that the member never joined, count nothing, as who may not join does not."""
    space, grace = world.go_live("ada"), world.user("grace")
    invented = [measuring.Said("connect_failed", f"{n:013d}") for n in range(20)]
    invented += [measuring.Said("dropped"), measuring.Said("heard", "../../etc/pa.", seconds=0.1)]
    measuring.browser_said(world.seams, grace, [*invented, measuring.Said("dropped", space.id)])
    assert counted(world) == {}
    attending.join(world.seams, grace, space.id)
    measuring.browser_said(world.seams, grace, [*invented, measuring.Said("dropped", space.id)])
    assert counted(world) == {"joins": 1, "listeners": 1, "drops": 1}


def test_a_join_in_another_process_is_known_by_its_stay(world: World) -> None:
    """Where nobody remembers the join the stay tells: while it lasts, and ten minutes on. Nothing raises."""
    space, grace = world.go_live("ada"), world.user("grace")
    attending.join(world.seams, grace, space.id)
    other = replace(world.seams, meter=Meter(world.clock))
    with database_away() as store:
        measuring.browser_said(replace(other, store=store), grace, [measuring.Said("dropped", space.id)])
    world.clock.advance(3600)
    measuring.browser_said(other, grace, [measuring.Said("dropped", space.id)])
    attending.leave(world.seams, grace, space.id)
    world.clock.advance(599)
    measuring.browser_said(other, grace, [measuring.Said("connect_failed", space.id)])
    world.clock.advance(2)
    measuring.browser_said(other, grace, [measuring.Said("heard", space.id, seconds=1.0)])
    assert other.meter.flush(other)
    assert counted(world).items() >= {"drops": 1, "joins.failed": 1}.items()
    assert not any(name.startswith("first_sound") for name in counted(world))


def test_reports_of_one_member_are_one_voice(world: World) -> None:
    """Whoever reports everything stops no ramp; another member's report counts too."""
    for user_id in (*[world.user("grace")] * 5, world.user("alan")):
        measuring.reported(world.seams, user_id)
    assert counted(world) == {"reports": 2}
