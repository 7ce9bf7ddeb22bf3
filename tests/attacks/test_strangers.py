"""Tokens that the app never gave to whoever uses them: forged, for another room, stolen."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from livekit.api import AccessToken

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant, MediaRights
from spaces_feature.media.grants import join_claims, mint_worker
from spaces_feature.testing.media import LISTENER, MINUTE, SPEAKER, JoinError, eventually

from .intruder import held
from .ring import BY_RECONCILER, BY_WEBHOOK, LEAK_MS, PATIENCE, Ring, require_found, require_thrown_out
from .scores import Scores


def part(claims: dict[str, object]) -> str:
    """One part of a token as it travels."""
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()


def claims_in(token: str) -> dict[str, object]:
    """What a token says."""
    body = token.split(".")[1]
    said: dict[str, object] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return said


def with_another_key(ring: Ring, grant: JoinGrant) -> str:
    """The same claims, signed by somebody who knows how but has no key."""
    token = AccessToken(ring.house.sfu.api_key, secrets.token_urlsafe(32)).with_identity(grant.identity)
    return token.with_grants(join_claims(ring.room, SPEAKER)).to_jwt()


def unsigned(ring: Ring, grant: JoinGrant) -> str:
    """The same claims under the algorithm "none"."""
    return ".".join([part({"alg": "none", "typ": "JWT"}), grant.token.split(".")[1], ""])


def promoted(ring: Ring, grant: JoinGrant) -> str:
    """The genuine signature under claims that say more."""
    head, _, signature = grant.token.split(".")
    claims = claims_in(grant.token)
    claims["video"] = {**dict(claims["video"]), "canPublish": True, "roomAdmin": True}  # type: ignore[call-overload]
    return ".".join([head, part(claims), signature])


def expired(ring: Ring, grant: JoinGrant) -> str:
    """A genuine token past its life and the SFU's leeway."""
    token = AccessToken(ring.house.sfu.api_key, ring.house.sfu.api_secret).with_identity(grant.identity)
    return token.with_ttl(timedelta(seconds=-65)).with_grants(join_claims(ring.room, LISTENER)).to_jwt()


def of_a_recorder(ring: Ring, grant: JoinGrant) -> str:
    """What our own recorder would show, which nobody counts as somebody in the room, by somebody without the key."""
    return mint_worker(
        url=grant.url,
        api_key=ring.house.sfu.api_key,
        api_secret=secrets.token_urlsafe(32),
        room=ring.room,
        identity=Identity("recorder"),
        is_keeping=True,
    ).token


def made_a_recorder(ring: Ring, grant: JoinGrant) -> str:
    """The genuine signature under claims that say it is a recorder's."""
    head, _, signature = grant.token.split(".")
    return ".".join([head, part({**claims_in(grant.token), "kind": "egress"}), signature])


@pytest.mark.parametrize("forge", [with_another_key, unsigned, promoted, expired, of_a_recorder, made_a_recorder])
def test_forged_tokens_open_nothing(ring: Ring, forge: Callable[[Ring, JoinGrant], str]) -> None:
    """A token that is not genuine, or not any more, is refused at the door."""
    grace = ring.person("grace")
    grant = grace.grant(ring.space_id)
    with pytest.raises(JoinError) as refused:
        grace.dial(held(forge(ring, grant), grant))
    assert refused.value.status == 401
    assert not ring.is_present(grant.identity)


def test_a_token_leads_into_its_own_room_only(ring: Ring, scores: Scores) -> None:
    """A grant for one Space is good for that room only, and after joining another Space not even for that (SEC-02)."""
    linus, grace = ring.person("linus"), ring.person("grace")
    plan = {"title": "Next door", "topic_ids": [], "audience": "everyone", "speak": "everyone"}
    next_door = linus.post("/spaces", plan)["space"]["id"]
    there = grace.grant(next_door)
    grace.dial(there).leave()
    assert not ring.is_present(there.identity)
    here = grace.enter(ring.space_id)
    visit = grace.client().break_in(there, stay=BY_WEBHOOK * PATIENCE)
    scores.note("in another Space now, old grant", [visit])
    require_thrown_out(visit)
    assert here.hears(ring.host_identity)
    linus.post(f"/spaces/{next_door}/end")


@pytest.mark.parametrize("rights", [LISTENER, SPEAKER], ids=["unseen", "with a voice"])
def test_a_genuine_token_of_nobody_is_thrown_out(ring: Ring, scores: Scores, rights: MediaRights) -> None:
    """Somebody with a genuine token whom the app does not know is out again before anything is heard (SEC-04)."""
    nobody = ring.person("grace").client()
    grant = injected(ring, rights)
    visit = nobody.break_in(grant, stay=BY_WEBHOOK * PATIENCE)
    scores.note(f"injected, {'may publish' if rights.can_publish else 'hidden'}", [visit])
    require_thrown_out(visit)
    assert ring.witness.sound_ms(since=0.0, of=grant.identity) <= LEAK_MS * PATIENCE


def test_a_genuine_token_of_nobody_without_webhooks(ring: Ring, scores: Scores) -> None:
    """When nothing tells the app of the arrival, the reconciler finds who is not on the roster (SEC-04)."""
    with ring.house.wire.lost():
        visit = ring.person("grace").client().break_in(injected(ring, LISTENER), stay=BY_RECONCILER * PATIENCE)
    scores.note("injected, webhooks lost", [visit])
    require_found(visit)


def test_a_stolen_grant_cannot_be_used_in_secret(ring: Ring) -> None:
    """Whoever uses a member's grant takes the member's own place: the member is told, and there is one of them."""
    grace, thief = ring.person("grace"), ring.person("tim")
    grant = grace.grant(ring.space_id)
    client = grace.dial(grant)
    thief.dial(grant)
    assert eventually(lambda: client.farewell) == "DUPLICATE_IDENTITY"
    present = [one.identity for one in ring.house.media().participants(ring.room)]
    assert present.count(grant.identity) == 1


def injected(ring: Ring, rights: MediaRights) -> JoinGrant:
    """A grant signed with the SFU's own key for somebody who is on no roster."""
    return ring.house.media().grant(RoomName(ring.room), Identity("i-" + secrets.token_hex(8)), rights, MINUTE)


def test_the_forger_can_read(ring: Ring) -> None:
    """What the tests forge is a member's real grant: it names this room, and gives a listener no voice."""
    grant = ring.person("grace").grant(ring.space_id)
    claims = claims_in(grant.token)
    assert claims["sub"] == grant.identity
    video = dict(claims["video"])  # type: ignore[call-overload]
    assert (video["room"], video["canPublish"], video["roomAdmin"]) == (ring.room, False, False)
    assert grant.expires_at > datetime.now(UTC)
