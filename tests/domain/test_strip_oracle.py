"""R43, SEC-12: the strip's one pure function against an oracle that goes through everything slowly.

``STRIP_HISTORIES`` is how many towns are tried (2000 is R43's).
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from spaces_feature.domain.admission import BlockScope, may_see
from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.space import Audience, Invitation, InvitationState, Role, Space, State
from spaces_feature.domain.strip import Entry, strip, why

from .building import LATER, NOON, a_space, seat
from .strip_oracle import Line, Town, expected, sees

TOWNS = int(os.environ.get("STRIP_HISTORIES", "300"))
PEOPLE = [UserId(name) for name in ("ada", "grace", "alan", "linus", "margaret", "tim", "pam")]
many = settings(max_examples=TOWNS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
people = st.sampled_from(PEOPLE)
pairs = st.tuples(people, people)


@st.composite
def spaces(draw: st.DrawFn, number: int) -> Space:
    """A Space of anybody's in any state, everybody anywhere in it; mostly live and for everyone."""
    host, *others = draw(st.permutations(PEOPLE))
    places = [draw(st.sampled_from(["cohost", "speaker", "guest", "removed", "", "", ""])) for _ in others]

    def at(place: str) -> list[UserId]:
        return [who for who, where in zip(others, places, strict=True) if where == place]

    seats = (
        seat(host, Role.HOST),
        *(seat(who, Role.COHOST) for who in at("cohost")[:2]),
        *(seat(who) for who in at("speaker")),
    )
    invitations = tuple(
        Invitation(who, Role.SPEAKER, draw(st.sampled_from(InvitationState)), host, NOON, LATER) for who in at("guest")
    )
    state = draw(st.sampled_from([*[State.LIVE] * 6, *State]))
    began = None if state in (State.SCHEDULED, State.CANCELED) else NOON + timedelta(minutes=draw(st.integers(0, 2)))
    return replace(
        a_space(
            state=state,
            audience=draw(st.sampled_from([*[Audience.EVERYONE] * 3, *Audience])),
            started_at=began,
            scheduled_start=LATER,
            invitations=invitations,
            removed=frozenset(at("removed")),
            is_frozen=state is State.LIVE and draw(st.integers(0, 9)) == 0,
        ),
        id=SpaceId(f"{number:013}"),
        creator_id=draw(people),
        host_id=host,
        seats=seats if began else (),
    )


@st.composite
def towns(draw: st.DrawFn, spaces: list[Space]) -> Town:
    """Follows are many, blocks few; some listeners share."""
    audience = [(space.id, who) for space in spaces for who in PEOPLE if space.seat_of(who) is None]
    return Town(
        follows=draw(st.frozensets(pairs, max_size=25)),
        blocks=draw(st.frozensets(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=4)),
        protected=draw(st.frozensets(people, max_size=2)),
        barred=draw(st.frozensets(people, max_size=1)),
        listening=draw(st.frozensets(st.sampled_from(audience), max_size=5)) if audience else frozenset(),
    )


@st.composite
def evenings(draw: st.DrawFn) -> tuple[list[Space], Town, BlockScope]:
    """What is going on, among whom, and the host app's setting for blocks."""
    happening = [draw(spaces(number)) for number in range(draw(st.integers(0, 5)))]
    order: list[Space] = draw(st.permutations(happening))
    return order, draw(towns(happening)), draw(st.sampled_from(BlockScope))


def lines(entries: list[Entry]) -> list[Line]:
    """What the entries say, with everybody called by their id."""
    return [(entry.space.id, *why(entry, str), entry.people) for entry in entries]


@many
@given(evenings())
def test_the_strip_is_what_the_design_says(evening: tuple[list[Space], Town, BlockScope]) -> None:
    """For every member and for who is signed out: the same Spaces in the same order for the same reasons."""
    happening, town, scope = evening
    shown = 0
    for viewer in [*PEOPLE, None]:
        entries = strip(happening, town.circle(viewer), scope, town.listeners())
        wanted = expected(town, viewer, happening, scope)
        assert lines(entries) == wanted, (viewer, town)
        shown += len(wanted)
    event(f"entries: {min(shown // 5 * 5, 20)}")


@many
@given(evenings())
def test_what_may_be_seen_is_what_the_design_says(evening: tuple[list[Space], Town, BlockScope]) -> None:
    """Whatever its state: every surface asks this of every Space before it shows it."""
    happening, town, scope = evening
    for viewer in [*PEOPLE, None]:
        for space in happening:
            is_seen = sees(town, viewer, space, scope)
            assert may_see(space, town.circle(viewer), scope) is is_seen, (viewer, space, town)


@many
@given(evenings(), st.randoms(use_true_random=False))
def test_only_what_concerns_the_viewer_counts(evening: tuple[list[Space], Town, BlockScope], chance: object) -> None:
    """The order in which Spaces come in, and Spaces that the viewer may not see, change nothing for the others."""
    happening, town, scope = evening
    shuffled = list(happening)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    for viewer in PEOPLE:
        circle, listeners = town.circle(viewer), town.listeners()
        entries = lines(strip(happening, circle, scope, listeners))
        assert lines(strip(shuffled, circle, scope, listeners)) == entries
        seen = [space for space in happening if may_see(space, circle, scope)]
        assert lines(strip(seen, circle, scope, listeners)) == entries


@many
@given(evenings())
def test_nobody_is_named_who_keeps_it_to_themselves(evening: tuple[list[Space], Town, BlockScope]) -> None:
    """The faces are the hosts, and followed people on stage or listening who share; nobody with a block between."""
    happening, town, scope = evening
    for viewer in PEOPLE:
        for entry in strip(happening, town.circle(viewer), scope, town.listeners()):
            there = {one.user_id for one in entry.space.seats}
            there |= {who for where, who in town.listening if where == entry.space.id}
            for who in set(entry.people) - set(entry.space.host_ids):
                assert who in there
                assert (viewer, who) in town.follows
                assert not town.have_a_block(viewer, who)
            assert len(set(entry.people)) == len(entry.people)
