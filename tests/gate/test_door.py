"""Who gets through the gate and who does not, told by what real clients hear of a real SFU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.media import JoinGrant
from spaces_feature.domain.space import Space
from spaces_feature.testing.media import JoinError, eventually
from tests.sfu.sound import Participant, SoundLoop

from .house import ALAN, GRACE, House
from .requests_to import first_word

Arrive = Callable[[JoinGrant], Participant]


def refreshed(client: Participant, grant: JoinGrant) -> JoinGrant:
    """The grant with the token that the SFU gave the client in place of it, good for ten minutes."""
    assert client._room is not None
    room = client._room
    token = eventually(lambda: room._token if room._token != grant.token else None)
    assert token, "the SFU sent no refreshed token"
    return replace(grant, token=token)


def require_refused(house: House, space: Space, loop: SoundLoop, grant: JoinGrant) -> None:
    """The client is told 403, hears nothing, and nobody comes or goes at the SFU."""
    assert space.room is not None
    media = house.sfu.media()
    before = {one.sid for one in media.participants(space.room)}
    client = Participant(loop)
    with pytest.raises(JoinError) as refused:
        client.connect(grant)
    assert refused.value.status == 403
    assert not client._heard
    assert {one.sid for one in media.participants(space.room)} == before


def test_a_member_passes_and_hears(house: House, space: Space, voice: Participant, arrive: Arrive) -> None:
    """A listener with a fresh grant is let in and hears the host, who came through the gate as well."""
    grace = arrive(house.join(space, GRACE))
    assert grace.heard_hz() == pytest.approx(440, abs=15)


def test_a_speaker_passes_and_is_heard(house: House, space: Space, voice: Participant, arrive: Arrive) -> None:
    """Somebody on stage is let in with a grant that publishes, and the host hears them."""
    assert arrive(house.seat(space, GRACE)).publish_tone(880)
    assert voice.heard_hz() == pytest.approx(880, abs=15)


def test_the_token_that_the_sfu_refreshed_passes(
    house: House, space: Space, voice: Participant, arrive: Arrive
) -> None:
    """Whoever is still on the roster comes back with the SFU's own token, as clients do after a broken line."""
    grant = house.join(space, GRACE)
    later = refreshed(arrive(grant), grant)
    assert arrive(later).heard_hz() == pytest.approx(440, abs=15)
    speaker = house.seat(space, ALAN)
    later = refreshed(arrive(speaker), speaker)
    assert arrive(later).publish_tone(880)


@pytest.mark.parametrize("end", [House.leave, House.remove])
def test_whoever_is_gone_is_not_even_connected(
    house: House,
    space: Space,
    voice: Participant,
    arrive: Arrive,
    sound_loop: SoundLoop,
    end: Callable[[House, Space, UserId], None],
) -> None:
    """Whoever left or was removed gets in with neither the grant, still good at the SFU, nor what the SFU made of it.

    The same tokens at the SFU itself do: the gate is what keeps them out (R1, SEC-03).
    """
    grant = house.join(space, GRACE)
    grace = arrive(grant)
    later = refreshed(grace, grant)
    assert grace.heard_hz() == pytest.approx(440, abs=15)
    end(house, space, GRACE)
    assert eventually(lambda: grace.farewell) == "PARTICIPANT_REMOVED"
    for old in (grant, later):
        require_refused(house, space, sound_loop, old)
    for old in (grant, later):
        assert arrive(house.direct(old)).heard_hz() == pytest.approx(440, abs=15)


def test_a_demoted_speakers_grant_is_refused(
    house: House, space: Space, voice: Participant, arrive: Arrive, sound_loop: SoundLoop
) -> None:
    """Back in the audience, the grant from the stage and what the SFU made of it are refused; a fresh one is not."""
    grant = house.seat(space, GRACE)
    grace = arrive(grant)
    later = refreshed(grace, grant)
    house.unseat(space, GRACE)
    for old in (grant, later):
        require_refused(house, space, sound_loop, old)
    fresh = house.join(space, GRACE)
    listener = arrive(fresh)
    assert listener.heard_hz() == pytest.approx(440, abs=15)
    assert not listener.publish_tone(880)


def test_an_older_listeners_grant_is_good_on_stage(
    house: House, space: Space, voice: Participant, arrive: Arrive
) -> None:
    """A grant that says less than the roster passes: somebody who is accepted while dialling is not turned away."""
    grant = house.join(space, GRACE)
    house.seat(space, GRACE)
    assert arrive(grant).heard_hz() == pytest.approx(440, abs=15)


def test_a_broken_line_is_resumed(house: House, space: Space, voice: Participant, arrive: Arrive) -> None:
    """When every connection through nginx breaks, members' clients come back by themselves and hear on."""
    grace = arrive(house.join(space, GRACE))
    assert grace.heard_hz() == pytest.approx(440, abs=15)
    back: list[bool] = []
    assert grace._room is not None
    grace._room.on("reconnected", lambda: back.append(True))
    house.nginx.restart()
    assert eventually(lambda: back, within=15)
    assert grace.heard_hz() == pytest.approx(440, abs=15)
    assert grace.farewell is None


def test_a_session_is_resumed_by_whoever_is_on_the_roster_only(
    house: House, space: Space, voice: Participant, arrive: Arrive
) -> None:
    """``reconnect=1`` with the id of one's own connection is answered by the SFU, and refused once the stay ended."""
    assert space.room is not None
    grant = house.join(space, GRACE)
    arrive(grant)
    (sid,) = (one.sid for one in house.sfu.media().participants(space.room) if one.identity == grant.identity)
    assert first_word(grant, reconnect="1", sid=sid) == "reconnect"
    house.leave(space, GRACE)
    assert first_word(grant, reconnect="1", sid=sid) == "403"


def test_an_ended_space_has_no_door(house: House, sound_loop: SoundLoop) -> None:
    """The grants of a Space that has ended are refused by the gate, before the SFU could miss the room."""
    space = house.go_live()
    grant = house.join(space, GRACE)
    house.end(space)
    require_refused(house, space, sound_loop, grant)


def test_without_the_app_nobody_gets_in(
    house: House, space: Space, voice: Participant, arrive: Arrive, sound_loop: SoundLoop
) -> None:
    """While the app is down nobody is let in, and those who are inside hear on."""
    grace = arrive(house.join(space, GRACE))
    grant = house.join(space, ALAN)
    with house.without_app():
        with pytest.raises(JoinError) as refused:
            Participant(sound_loop).connect(grant)
        assert refused.value.status == 503
        assert grace.heard_hz() == pytest.approx(440, abs=15)
    assert arrive(grant).heard_hz() == pytest.approx(440, abs=15)


def test_without_the_database_nobody_gets_in(house: House, space: Space, arrive: Arrive, sound_loop: SoundLoop) -> None:
    """While the roster cannot be read nobody is let in; when it can again, the same grant is good."""
    grant = house.join(space, GRACE)
    with house.without_database():
        with pytest.raises(JoinError) as refused:
            Participant(sound_loop).connect(grant)
        assert refused.value.status == 503
    arrive(grant)
