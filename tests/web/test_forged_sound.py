"""Who forges a yes for somebody else, a recorder's word, or the way to sound: nothing changes, and nothing is heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from livekit.api import AccessToken
from werkzeug.test import TestResponse

from spaces_feature.domain.ids import Identity
from spaces_feature.domain.space import Recording, Space
from spaces_feature.domain.tiers import Tier
from spaces_feature.media.grants import mint_worker
from spaces_feature.services import editing
from spaces_feature.services.sound import recordings
from spaces_feature.testing.media import LISTENER, MINUTE, SignedWebhook
from tests.hall import PREFIX, Hall, a_hall
from tests.web.test_webhooks import deliver
from tests.web.visitor import Visitor
from tests.world import SECRET

KEY, FAKE_SECRET = "fake-key", "fake-secret-of-the-media-server-in-memory"
NOT_OURS = "somebody else's secret, which is long enough"
RECORDER = Identity("recorder")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A house in which everything is open, and every plain listener hears segments."""
    with a_hall(tmp_path) as made:
        yield made


@pytest.fixture
def space(hall: Hall) -> Space:
    """Ada's, about to be recorded, with Grace and Alan beside her; nobody but Ada was heard to agree."""
    space = hall.world.go_live("ada", is_recorded=True)
    for name in ("grace", "alan"):
        hall.world.seat(space, name)
    return hall.world.space(space.id)


def code_of(answer: TestResponse) -> str:
    """Why something was refused."""
    return str((answer.json or {}).get("code"))


def consents(hall: Hall, space: Space) -> dict[str, bool]:
    """Who agreed to a recording, and who did not, by name."""
    names = {hall.world.user(name): name for name in ("ada", "grace", "alan", "linus")}
    return {names[one]: given["recording"] for one, given in hall.world.space(space.id).consents.items()}


def test_nobody_answers_for_somebody_else(hall: Hall, space: Space) -> None:
    """Not the host, a speaker or a listener: an answer has no place for a name, and is one's own, or nobody's."""
    grace = hall.world.user("grace")
    path = f"/spaces/{space.id}/recording/consent"
    hall.listen(space, "linus")
    for name in ("ada", "alan", "linus"):
        visitor = Visitor(hall.world, name)
        for whom in ("user_id", "identity", "as", "viewer", "consents"):
            answer = visitor.post(path, {"agrees": True, whom: grace})
            assert (answer.status_code, code_of(answer)) == (422, "invalid"), (name, whom)
        assert (
            visitor.call("PATCH", f"/spaces/{space.id}", {"consents": {grace: {"recording": True}}}).status_code == 422
        )
    assert consents(hall, space) == {"ada": True}
    agreed = {"agrees": True}
    assert code_of(Visitor(hall.world, "linus").post(path, agreed)) == "not_asked"
    assert Visitor(hall.world, "alan").post(f"{path}?user_id={grace}", agreed, X_User_Id=str(grace)).status_code == 200
    assert consents(hall, space) == {"ada": True, "alan": True}


def test_nobody_allows_a_clip_for_somebody_else(hall: Hall, space: Space) -> None:
    """Its maker, who waits for a yes, cannot give it; nor make a clip in which nobody, or somebody else, is heard."""
    grace = hall.world.user("grace")
    clip = hall.clip(space, "alan", speakers={grace: 9_000}, waits_for=frozenset({grace}))
    alan, path = Visitor(hall.world, "alan"), f"/clips/{clip.id}/permission"
    assert code_of(alan.post(path, {"agrees": True})) == "not_asked"
    assert alan.post(path, {"agrees": True, "user_id": grace}).status_code == 422
    for field, value in (("speakers", {}), ("waits_for", []), ("maker_id", grace), ("is_open", True), ("path", "x")):
        assert alan.post(f"/spaces/{space.id}/clips", {"seconds": 10, field: value}).status_code == 422, field
    assert Visitor(hall.world, "grace").get(f"/clips/{clip.id}").json["waits_for"] == [grace]
    assert Visitor(hall.world, "linus").get(f"/clips/{clip.id}").status_code == 404


@pytest.mark.parametrize("is_keeping", [False, True], ids=["agent", "egress"])
def test_a_recorders_arrival_turns_nothing_on(hall: Hall, space: Space, is_keeping: bool) -> None:
    """REC is the recorder's word to us, by the database: no webhook says it, true or forged, nor counts it as present.

    A recorder's own grant, though signed with the SFU's key, signs no webhook.
    """
    world = hall.world
    assert space.room is not None
    grant = world.media.worker_grant(space.room, RECORDER, is_keeping=is_keeping)
    world.media.join(grant)
    (hook,) = [one for one in world.media.webhooks if RECORDER in one.body]
    listeners = Visitor(world, "ada").get(f"/spaces/{space.id}").json["listeners"]
    forged = {
        "its own grant": grant.token,
        "a member's grant": world.media.grant(space.room, RECORDER, LISTENER, MINUTE).token,
        "another secret": AccessToken(KEY, NOT_OURS).with_kind("egress").with_sha256("x").to_jwt(),
        "no hash": AccessToken(KEY, FAKE_SECRET).with_identity(RECORDER).with_kind("egress").to_jwt(),
    }
    for name, token in forged.items():
        assert deliver(world, SignedWebhook(hook.body, token)).status_code == 401, name
    changed = hook.body.replace(RECORDER, "somebody")
    assert deliver(world, SignedWebhook(changed, hook.authorization)).status_code == 401
    assert deliver(world, hook).status_code == 200
    found = Visitor(world, "ada").get(f"/spaces/{space.id}").json
    assert (found["space"]["is_recording"], found["space"]["recording"]) == (False, "starting")
    assert found["listeners"] == listeners
    assert world.space(space.id).recording is Recording.STARTING
    with world.seams.store.begin() as work:
        assert work.recording(space.id) is None


def test_no_token_opens_the_way_to_sound(hall: Hall, space: Space) -> None:
    """At the app and at its gate a link, the viewer and their cookie count, whatever else is shown beside them."""
    world = hall.world
    url = hall.listen(space, "linus")
    link, ear = url.removeprefix(PREFIX), world.seams.ids.ear(world.user("linus"))
    assert space.room is not None
    grants = {
        f"{kind}, {whose}": mint_worker(
            url="ws://localhost",
            api_key=KEY,
            api_secret=secret,
            room=space.room,
            identity=RECORDER,
            is_keeping=kind == "egress",
        ).token
        for kind in ("egress", "agent")
        for whose, secret in (("ours", FAKE_SECRET), ("forged", NOT_OURS), ("the app's", SECRET))
    }

    def ask(name: str | None, cookie: str, **headers: str) -> tuple[int, int]:
        """What app and gate say to somebody with this link and this cookie."""
        visitor = Visitor(world, name)
        with visitor.signed_in():
            given = {key.replace("_", "-"): value for key, value in headers.items()}
            if cookie:
                given["Cookie"] = cookie
            client = world.app.test_client(use_cookies=False)
            asked = {"X-Spaces-Media": link, **given}
            return client.get(url, headers=given).status_code, client.get(
                "/spaces/media-gate", headers=asked
            ).status_code

    mine = f"spaces_ear={ear}"
    assert ask("linus", mine) == (200, 204)
    for name, token in grants.items():
        for who in (None, "tim"):
            assert ask(who, "", Authorization=f"Bearer {token}") == (403, 403), name
            assert ask(who, mine, Authorization=f"Bearer {token}", X_Forwarded_User="linus") == (403, 403), name
    theirs = f"spaces_ear={world.seams.ids.ear(world.user('tim'))}"
    for cookie in (
        "",
        theirs,
        f"{theirs}; {mine}",
        "spaces_ear=",
        f"spaces_ear={ear}A",
        f"spaces_ear={ear.swapcase()}",
    ):
        assert ask("linus", cookie) == (403, 403), cookie
    assert ask("tim", f"{mine}; {theirs}") == ask("tim", f"{theirs}; {mine}") == (403, 403)
    # A good link beside another, in the places where proxies put what was asked for.
    beside = dict.fromkeys(("X_Original_URI", "X_Forwarded_Uri", "X_Rewrite_URL", "X_Accel_Redirect"), url)
    assert ask("tim", theirs, **beside) == (403, 403)


def test_a_stay_of_another_space_or_tier_opens_nothing(hall: Hall, space: Space) -> None:
    """Links are for who hears this Space by segments: not for who does in another one, nor for who is in its room."""
    world = hall.world
    other = world.go_live("tim")
    hall.listen(other, "linus")
    hall.listen(space, "margaret")
    linus = Visitor(world, "linus")
    ear = f"spaces_ear={world.seams.ids.ear(world.user('linus'))}"
    live = hall.link("linus", hall.capture(space.id).live_path, "index.m3u8")

    def heard() -> int:
        with linus.signed_in():
            return world.app.test_client(use_cookies=False).get(live, headers={"Cookie": ear}).status_code

    assert heard() == 403
    hall.listen(space, "linus")
    assert heard() == 200
    with world.seams.store.begin() as work:
        stay = work.stay(space.id, world.user("linus"))
        assert stay is not None
        work.renew_stay(replace(stay, tier=Tier.RTC))
    assert heard() == 403


def test_a_guests_link_is_over_with_their_welcome(hall: Hall) -> None:
    """Who listens signed out keeps link and cookie; once the Space takes no guests they open nothing, at once."""
    space = hall.world.go_live("ada", allows_guests=True)
    hall.listen(space, "grace")
    guest = Visitor(hall.world, None)
    url = guest.post(f"/spaces/{space.id}/join").json["url"]
    assert guest.page(url).status_code == 200
    editing.edit(hall.seams, space.host_id, space.id, editing.Edit(allows_guests=False))
    assert guest.page(url).status_code in (403, 404)
    assert guest.post(f"/spaces/{space.id}/join").status_code in (401, 403)


def test_an_answer_after_the_end_reaches_ones_own_voice_alone(hall: Hall, space: Space) -> None:
    """Who takes a voice out of what is over takes out their own, and no word of theirs makes it somebody else's."""
    recordings.consent(hall.seams, hall.world.user("grace"), space.id, agrees=True)
    hall.recorded(space)
    grace, path = hall.world.user("grace"), f"/spaces/{space.id}/recording/consent"
    for name in ("ada", "alan", "linus"):
        visitor = Visitor(hall.world, name)
        assert visitor.post(path, {"agrees": False, "user_id": grace}).status_code == 422
        answer = visitor.post(path, {"agrees": False})
        assert (answer.status_code, code_of(answer)) == ((200, "None") if name == "ada" else (403, "not_asked"))
    assert hall.world.space(space.id).consents[grace]["recording"]
    with hall.seams.store.begin() as work:
        row = work.recording(space.id)
    assert row is not None
    assert row.quiet == ()
    assert Visitor(hall.world, "linus").get(f"/spaces/{space.id}/recording").json["gaps"] == []
