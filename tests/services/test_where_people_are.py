"""The live index looked up by people: where somebody is on stage, and where their followers may see them listen."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.space import Space, State
from spaces_feature.services.finding.index import LiveIndex
from tests.domain.building import EVERYBODY, a_space

IDS = [SpaceId(f"{number:013}") for number in range(3)]
PEOPLE = st.frozensets(st.sampled_from(EVERYBODY[1:]))
SPACES = st.builds(
    lambda number, state, speakers, version: replace(
        a_space(speakers=tuple(sorted(speakers))), id=IDS[number], state=state, version=version
    ),
    st.integers(0, 2),
    st.sampled_from([State.LIVE, State.LIVE, State.ENDED]),
    PEOPLE,
    st.integers(1, 9),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), SPACES),
        st.tuples(st.just("replace"), st.lists(SPACES, unique_by=lambda space: space.id)),
        st.tuples(st.just("listeners"), st.dictionaries(st.sampled_from(IDS), PEOPLE)),
    ),
    max_size=12,
)


@given(STEPS, PEOPLE)
def test_a_look_up_finds_what_looking_through_all_would(
    steps: list[tuple[str, object]], asked: frozenset[UserId]
) -> None:
    """Whatever was put, read anew or heard of listeners, in any order."""
    index = LiveIndex()
    for step, value in steps:
        if step == "put":
            assert isinstance(value, Space)
            index.put(value)
        elif step == "replace":
            assert isinstance(value, list)
            index.replace([space for space in value if space.state is State.LIVE], object())
        else:
            assert isinstance(value, dict)
            index.set_listeners(value)
    staged = {space.id for space in index.spaces() if asked & {seat.user_id for seat in space.seats}}
    heard = {space.id for space in index.spaces() if asked & index.listeners.get(space.id, frozenset())}
    assert {space.id for space in index.where(asked)} == staged
    assert {space.id for space in index.where(asked, or_listening=True)} == staged | heard
