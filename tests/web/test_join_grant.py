"""What a join hands out: a key to one room, for one member, for a minute, and to nothing else."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import jwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.media import JoinGrant
from tests.web.conftest import Visit
from tests.web.visitor import Visitor
from tests.world import SECRET, World, a_world

NEVER = (
    "roomAdmin",
    "roomCreate",
    "roomList",
    "roomRecord",
    "ingressAdmin",
    "recorder",
    "agent",
    "canPublishData",
    "canUpdateOwnMetadata",
    "canSubscribeMetrics",
    "canManageAgentSession",
)


def claims(joined: dict[str, Any]) -> dict[str, Any]:
    """What the SFU reads in the token; its signature is left to the SFU's own tests."""
    return jwt.decode(joined["token"], options={"verify_signature": False})


def require_exact(world: World, space_id: str, joined: dict[str, Any], *, speaks: bool, was_visible: bool) -> None:
    """Fail unless the grant is exactly this member's due: nothing left out, nothing on top."""
    found = claims(joined)
    video = found["video"]
    assert video.pop("room") == world.space(SpaceId(space_id)).room
    assert found["sub"] == joined["identity"]
    assert 0 < found["exp"] - found["nbf"] <= 60
    assert {key for key in NEVER if video.pop(key, False)} == set()
    assert video.pop("canPublishSources", []) == (["microphone"] if speaks else [])
    assert video == {
        "roomJoin": True,
        "canSubscribe": True,
        "canPublish": speaks,
        "hidden": not speaks and not was_visible,
    }
    assert not {"metadata", "attributes", "name"} & {key for key, value in found.items() if value}
    assert found.get("kind", "standard") == "standard"


def test_a_listeners_grant(world: World, visit: Visit) -> None:
    """SEC-06, R36: a listener is hidden, hears, and may send nothing at all."""
    space_id = visit("ada").start()
    joined = visit("grace").post(f"/spaces/{space_id}/join").json
    require_exact(world, space_id, joined, speaks=False, was_visible=False)


def test_a_hosts_grant(world: World, visit: Visit) -> None:
    """SEC-06, R36: even a host gets a microphone and no power over the room."""
    ada = visit("ada")
    space_id = ada.start()
    require_exact(world, space_id, ada.post(f"/spaces/{space_id}/join").json, speaks=True, was_visible=True)


def test_the_grant_names_who_is_signed_in(world: World, visit: Visit) -> None:
    """R36: the member in the token is the one of the session, whatever a body says."""
    space_id = visit("ada").start()
    grace, linus = visit("grace"), visit("linus")
    own = grace.post(f"/spaces/{space_id}/join").json["identity"]
    assert grace.post(f"/spaces/{space_id}/join", {"user_id": "4", "identity": "ada"}).json["identity"] == own
    assert linus.post(f"/spaces/{space_id}/join").json["identity"] != own


def test_nothing_in_a_grant_tells_who_it_is(world: World, visit: Visit) -> None:
    """SEC-15: at the SFU a member is a keyed hash that is another one in the next Space."""
    ada, grace = visit("ada"), visit("grace")
    seen = set()
    for _ in range(3):
        space_id = ada.start()
        joined = grace.post(f"/spaces/{space_id}/join").json
        seen.add(joined["identity"])
        assert "grace" not in str(claims(joined)).lower()
        ada.post(f"/spaces/{space_id}/end")
    assert len(seen) == 3


steps = st.lists(st.sampled_from(["join", "ask", "accept", "step_down", "move_down", "leave"]), min_size=3, max_size=9)


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(histories=st.lists(steps, min_size=2, max_size=4))
def test_every_grant_of_any_history_is_exact(histories: list[list[str]]) -> None:
    """R36: however roles changed before, a grant carries the rights of the present role; unhidden stays unhidden."""
    with tempfile.TemporaryDirectory() as folder, a_world(Path(folder)) as world:
        world.app.extensions["spaces"].background.stop()
        ada, grace = Visitor(world, "ada"), Visitor(world, "grace")
        for history in histories:
            space_id = ada.start()
            speaks = was_visible = has_joined = False
            for step in [*history, "join"]:
                match step:
                    case "join":
                        has_joined = True
                        was_visible = was_visible or speaks
                        joined = grace.post(f"/spaces/{space_id}/join").json
                        require_exact(world, space_id, joined, speaks=speaks, was_visible=was_visible)
                    case "ask":
                        grace.post(f"/spaces/{space_id}/requests")
                    case "accept":
                        ada.post(f"/spaces/{space_id}/requests/2/accept")
                    case "step_down":
                        grace.delete(f"/spaces/{space_id}/stage/me")
                    case "move_down":
                        ada.delete(f"/spaces/{space_id}/stage/2")
                    case "leave":
                        grace.post(f"/spaces/{space_id}/leave")
                snapshot = ada.get(f"/spaces/{space_id}").json
                speaks = any(seat["user_id"] == "2" for seat in snapshot["stage"])
                # A seat given to somebody who never came to this room shows nobody there.
                was_visible = was_visible or (speaks and has_joined)
            ada.post(f"/spaces/{space_id}/end")


def test_removed_from_everywhere_else(world: World, visit: Visit) -> None:
    """SEC-02: a grant for one Space ends the stay in another, at the SFU too."""
    grace = visit("grace")
    first, second = visit("ada").start(), visit("alan").start()
    grace.post(f"/spaces/{first}/join")
    here = world.media.join(_grant(world, grace, first))
    grace.post(f"/spaces/{second}/join")
    assert here.farewell == "PARTICIPANT_REMOVED"
    assert visit("ada").get(f"/spaces/{first}/participants").json["data"] == []


def test_leaving_ends_sound_on_every_device(world: World, visit: Visit) -> None:
    """SEC-03: after leaving, the member's connection is closed at the SFU."""
    grace = visit("grace")
    space_id = visit("ada").start()
    here = world.media.join(_grant(world, grace, space_id))
    assert grace.post(f"/spaces/{space_id}/leave").status_code == 204
    assert here.farewell == "PARTICIPANT_REMOVED"


def _grant(world: World, visitor: Visitor, space_id: str) -> Any:
    """The grant of a join as the client uses it."""
    joined = visitor.post(f"/spaces/{space_id}/join").json
    return JoinGrant(joined["url"], joined["token"], joined["identity"], datetime.fromisoformat(joined["expires_at"]))


def test_no_log_line_holds_a_secret(world: World, visit: Visit, caplog: Any) -> None:
    """R43: over a whole path, bad days included, no log line of any level holds a token, a secret or a key."""
    caplog.set_level("DEBUG")
    ada, grace = visit("ada"), visit("grace")
    space_id = ada.start()
    tokens = [visitor.post(f"/spaces/{space_id}/join").json["token"] for visitor in (ada, grace)]
    grace.post(f"/spaces/{space_id}/requests")
    world.media.is_reachable = False
    ada.post(f"/spaces/{space_id}/requests/2/accept")
    grace.post(f"/spaces/{space_id}/join")
    world.media.is_reachable = True
    hook = world.media.webhooks[0]
    for authorization in (hook.authorization, hook.authorization[:-2] + "xx"):
        world.app.test_client().post(
            "/spaces/webhooks/livekit", data=hook.body, headers={"Authorization": authorization}
        )
    ada.page(f"/spaces/{space_id}")
    ada.post(f"/spaces/{space_id}/end")
    logged = caplog.text
    assert "a webhook was refused" in logged
    for secret in (*tokens, SECRET, "fake-secret-of-the-media-server", hook.authorization):
        assert secret not in logged
        assert secret.rpartition(".")[2] not in logged
