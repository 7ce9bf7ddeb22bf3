"""What the gate makes of requests that no honest client sends, with the real nginx, the app and the SFU behind it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import websocket
from livekit.api import AccessToken, VideoGrants

from spaces_feature.domain.media import JoinGrant
from spaces_feature.domain.space import Space
from spaces_feature.media.grants import join_claims
from spaces_feature.testing.media import LISTENER, MINUTE, SPEAKER, eventually

from .house import GRACE, House
from .requests_to import LIMIT, ask, first_word, heard, validate

REFUSAL = "This grant opens nothing here. Ask for a new one.\n"
NOT_NOW = "Nobody can be let in right now. Try again.\n"


def a_token(house: House, grant: JoinGrant, space: Space, *, secret: str = "", **changed: object) -> AccessToken:
    """A token for the grant's own identity and room that we would never mint; ``changed`` are its video grants."""
    assert space.room is not None
    claims = join_claims(space.room, LISTENER)
    for name, value in changed.items():
        assert hasattr(claims, name)
        setattr(claims, name, value)
    token = AccessToken(house.sfu.api_key, secret or house.sfu.api_secret).with_identity(grant.identity)
    return token.with_ttl(MINUTE).with_grants(claims)


Forge = Callable[[House, JoinGrant, Space], str]

#: Tokens that the SFU itself believes.
BELIEVED: dict[str, Forge] = {
    "publishing": lambda *at: a_token(*at, can_publish=True, can_publish_sources=["microphone"], hidden=False).to_jwt(),
    "unseen and publishing": lambda *at: a_token(*at, can_publish=True, can_publish_sources=["microphone"]).to_jwt(),
    "data": lambda *at: a_token(*at, can_publish_data=True).to_jwt(),
    "metadata": lambda *at: a_token(*at, can_update_own_metadata=True).to_jwt(),
    "admin": lambda *at: a_token(*at, room_admin=True).to_jwt(),
    "an agent": lambda *at: a_token(*at).with_kind("agent").to_jwt(),
    "a recorder": lambda *at: a_token(*at).with_kind("egress").to_jwt(),
    "a name": lambda *at: a_token(*at).with_name("The host").to_jwt(),
    "attributes": lambda *at: a_token(*at).with_attributes({"role": "host"}).to_jwt(),
    "a stranger": lambda *at: a_token(*at).with_identity("0" * 32).to_jwt(),
}
#: Tokens that the SFU refuses as well, with words of its own.
REFUSED_ANYWAY: dict[str, Forge] = {
    "another secret": lambda *at: a_token(*at, secret="x" * 40).to_jwt(),
    "expired": lambda *at: a_token(*at).with_ttl(timedelta(seconds=-65)).to_jwt(),
    "another room": lambda house, grant, space: a_token(house, grant, space, room="elsewhere").to_jwt(),
    "no join": lambda *at: a_token(*at, room_join=False).to_jwt(),
    "none": lambda *at: "",
    "no token": lambda *at: "a.b.c",
}


@pytest.mark.parametrize("name", BELIEVED)
def test_a_token_that_says_more_than_the_roster_is_refused(house: House, space: Space, name: str) -> None:
    """Rights, kinds and names beyond the roster's stay outside, though the SFU would let them in (R6, R7, SEC-06)."""
    token = BELIEVED[name](house, house.join(space, GRACE), space)
    assert validate(house.sfu.http_url, token).status == 200
    refusal = validate(house.nginx.http_url, token)
    assert (refusal.status, refusal.text) == (403, REFUSAL)


@pytest.mark.parametrize("name", REFUSED_ANYWAY)
def test_a_token_that_holds_nowhere_is_refused_alike(house: House, space: Space, name: str) -> None:
    """Whatever is wrong with a token the gate's words are the same, and the token is not in them."""
    token = REFUSED_ANYWAY[name](house, house.join(space, GRACE), space)
    assert validate(house.sfu.http_url, token).status in (400, 401, 404)
    refusal = validate(house.nginx.http_url, token)
    assert (refusal.status, refusal.text) == (403, REFUSAL)


def test_a_member_is_let_in_by_header_and_by_argument(house: House, space: Space) -> None:
    """Apps send the token in the header, browsers in the query; either is read, on each of LiveKit's paths."""
    grant = house.join(space, GRACE)
    assert validate(house.nginx.http_url, grant.token).text == "success"
    by_header = ask(f"{house.nginx.http_url}/rtc/validate", Authorization=f"Bearer {grant.token}")
    assert by_header.text == "success"
    # The SFU's own answer to a request without the offer that v1 wants: the gate has let it through.
    assert ask(f"{house.nginx.http_url}/rtc/v1/validate", Authorization=f"Bearer {grant.token}").status == 400
    assert first_word(grant) == "join"


def test_the_sfu_reads_the_token_that_the_app_has_read(house: House, space: Space) -> None:
    """However many tokens a request carries, who comes in is who was let in."""
    mine = house.join(space, GRACE)
    others = a_token(house, mine, space).with_identity("0" * 32).to_jwt()
    for query in (f"access_token={others}", f"access_token={others}&access_token={others}"):
        signal = websocket.create_connection(
            f"{house.nginx.ws_url}/rtc?{query}", timeout=LIMIT, header={"Authorization": f"Bearer {mine.token}"}
        )
        joined = heard(signal).join
        signal.close()
        assert joined.participant.identity == mine.identity
    assert ask(f"{house.nginx.http_url}/rtc/validate?access_token={others}&access_token={mine.token}").status == 403
    both = ask(f"{house.nginx.http_url}/rtc/validate?access_token={mine.token}", Authorization=f"Bearer {others}")
    assert both.status == 403


@pytest.mark.parametrize(
    "more",
    [
        "&publish=twin",
        "&publish=0",
        "&Publish=twin",
        "&%70ublish=twin",
        "&a;publish=twin",
        "&publ+ish=1",
        "&publish=&publish=twin",
    ],
)
def test_nobody_comes_in_a_second_time_under_another_name(house: House, space: Space, more: str) -> None:
    """``publish``, which would add somebody beyond the roster, is refused however it is written (SEC-02)."""
    grant = house.seat(space, GRACE)
    url = f"{house.nginx.http_url}/rtc/validate?access_token={grant.token}"
    assert ask(url).text == "success"
    assert ask(url + more).status == 403
    assert ask(f"{house.sfu.http_url}/rtc/validate?access_token={grant.token}&publish=twin").text == "success"
    assert first_word(grant, device_model="a+b%;publish=c") == "join"


@pytest.mark.parametrize(
    "path",
    [
        "/twirp/livekit.RoomService/ListRooms",
        "/rtc/v1/../../twirp/livekit.RoomService/ListRooms",
        "/rtc/..%2ftwirp/livekit.RoomService/ListRooms",
        "/agent",
        "/debug/rooms",
        "/whip/v1",
        "/rtc/v2",
        "/rtc/",
        "/spaces-gate",
        "/settings/regions",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_the_signal_connection_is_there(house: House, path: str, method: str) -> None:
    """The server API and everything else is not reachable here, not even with a token for it."""
    admin = AccessToken(house.sfu.api_key, house.sfu.api_secret).with_grants(VideoGrants(room_list=True)).to_jwt()
    answer = ask(
        house.nginx.http_url + path,
        method=method,
        body=b"{}" if method == "POST" else None,
        Authorization=f"Bearer {admin}",
        Content_Type="application/json",
    )
    assert answer.status == 404


def test_a_token_in_a_body_is_not_read(house: House, space: Space) -> None:
    """The SFU would prefer a token in a form to one in the query; no form gets past the gate."""
    grant = house.join(space, GRACE)
    form = urlencode({"access_token": grant.token}).encode()
    posted = ask(
        f"{house.nginx.http_url}/rtc/validate?access_token={grant.token}",
        method="POST",
        body=form,
        Content_Type="application/x-www-form-urlencoded",
    )
    assert posted.status == 403


def test_pages_may_read_why_they_were_refused(house: House, space: Space) -> None:
    """A page on another origin, which any page is to an SFU, can tell "not you" from "not now"."""
    grant = house.join(space, GRACE)
    house.leave(space, GRACE)
    refusal = validate(house.nginx.http_url, grant.token)
    assert (refusal.status, refusal.headers["access-control-allow-origin"]) == (403, "*")
    with house.without_app():
        away = validate(house.nginx.http_url, grant.token)
    assert (away.status, away.text) == (503, NOT_NOW)
    assert (away.headers["access-control-allow-origin"], away.headers["retry-after"]) == ("*", "1")
    assert "no-store" in refusal.headers["cache-control"]


def test_health_is_the_sfus_own(house: House) -> None:
    """Where clients dial, the SFU's health can be asked."""
    assert ask(f"{house.nginx.http_url}/").text == "OK"
    assert ask(f"{house.nginx.http_url}/", method="POST", body=b"x").status == 403


def test_no_token_is_written_down(house: House, space: Space, caplog: pytest.LogCaptureFixture) -> None:
    """Let in, refused, or turned away by a missing app or SFU: no log and no file has a token, but each visit."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "urllib3")  # our own client's words
    grant = house.join(space, GRACE)
    forged = a_token(house, grant, space, secret="x" * 40).to_jwt()
    began = len(house.nginx.visits())

    def come() -> None:
        validate(house.nginx.http_url, grant.token)
        validate(house.nginx.http_url, forged)
        ask(f"{house.nginx.http_url}/rtc/validate", Authorization=f"Bearer {grant.token}")
        ask(f"{house.nginx.http_url}/twirp/a?access_token={grant.token}", method="POST", body=grant.token.encode())

    come()
    with house.without_app():
        come()
    house.sfu.kill()
    come()
    house.sfu.start()
    with house.without_database():
        come()
    # nginx answers first and writes after it; what came before may still be written meanwhile.
    assert eventually(lambda: len(house.nginx.visits()) >= began + 16)
    written = house.nginx.written() + caplog.text
    for token in (grant.token, forged):
        for part in token.split("."):
            assert part not in written
    assert '"GET /rtc/validate" 403' in written


def test_the_app_alone_answers_without_a_word(house: House, space: Space) -> None:
    """Asked from outside, the gate says yes or no to a token and nothing else, whatever the reason."""
    grant = house.join(space, GRACE)
    url = f"{house.app_url}/spaces/gate"
    assert ask(url, Authorization=f"Bearer {grant.token}").status == 204
    answers = [ask(url), ask(f"{url}?access_token={grant.token}"), ask(url, Authorization=grant.token)]
    house.leave(space, GRACE)
    answers += [ask(url, Authorization=f"Bearer {token}") for token in (grant.token, "a.b.c", "")]
    assert {(answer.status, answer.text) for answer in answers} == {(403, "")}
    told = [{name for name in answer.headers if name != "date"} for answer in answers]
    assert all(names == told[0] for names in told)


def test_a_speakers_rights_are_the_rosters(house: House, space: Space) -> None:
    """On stage a grant that publishes is let in; the same rights for somebody in the audience are not."""
    grant = house.seat(space, GRACE)
    assert space.room is not None
    for rights in (SPEAKER, LISTENER):
        token = house.sfu.media().grant(space.room, grant.identity, rights, MINUTE).token
        assert validate(house.nginx.http_url, token).status == 200
    house.unseat(space, GRACE)
    assert validate(house.nginx.http_url, grant.token).status == 403
