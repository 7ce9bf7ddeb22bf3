"""The page of a Space that is over and was recorded: as members have it, for who has its link, and when it is gone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from spaces_feature.domain.rollout import Kill
from spaces_feature.services import hosting
from spaces_feature.services.flags import flag_kills
from spaces_feature.services.sound import concluding
from tests.services.taping import Studio, a_studio
from tests.web.visitor import Visitor

SAID = {"ada": (1.0, 20.0), "grace": (22.0, 40.0)}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """Ada's Space for everybody, which was recorded for a minute and is over."""
    flags = {"spaces.guests": True, "spaces.replay": True}
    with a_studio(tmp_path, is_served=True, SPACES_FLAGS=flags, SPACES_APP_NAME="Plaza") as made:
        made.world.app.extensions["spaces"].background.stop()
        with made.hall.seams.store.begin() as work:
            space = work.lock(made.space.id)
            assert space is not None
            work.save(space, replace(space, is_recorded=True), made.world.clock())
        made.replayed(SAID, ((0, 59),))
        yield made


def visitor(studio: Studio, name: str | None) -> Visitor:
    """Somebody with a browser; None is signed out."""
    return Visitor(studio.world, name)


def page(studio: Studio, name: str | None) -> str:
    """The Space's page as they see it."""
    response = visitor(studio, name).page(f"/spaces/{studio.space.id}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return response.text


def told(text: str) -> dict[str, Any]:
    """The recording that the page has for its script."""
    found = re.search(r'<script type="application/json">(.*?)</script>\s*<p class="spaces-card', text, re.DOTALL)
    assert found is not None
    recording: dict[str, Any] = json.loads(found[1])
    return recording


def test_a_member_finds_the_replay_before_any_script(studio: Studio) -> None:
    """Title, who talked, how long, until when: in words; and all that the player needs, so that it asks for nothing."""
    text = page(studio, "tim")
    words = " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)).split())
    for said in ("Replay", "min", "kept until", studio.space.title, "Ada", "with Grace"):
        assert said in words
    recording = told(text)
    assert recording["state"] == "ready"
    assert [one["user_id"] for one in recording["turns"]] == [studio.world.user(name) for name in SAID]


def test_the_page_brings_the_cookie_that_its_links_are_bound_to(studio: Studio) -> None:
    """A member hears by the page alone; the same link in another member's browser opens nothing."""
    tim = visitor(studio, "tim")
    url = told(tim.page(f"/spaces/{studio.space.id}").text)["url"]
    assert tim.page(url).status_code == 200
    assert visitor(studio, "grace").page(url).status_code == 403


def test_signed_out_it_is_heard_where_the_space_is_for_everybody(studio: Studio) -> None:
    """The page plays without an account, offers nothing that needs one, and names its sound to scrapers."""
    text = page(studio, None)
    recording = told(text)
    assert not any(recording["may"].values())
    assert recording["fragments"] == []
    stranger = visitor(studio, None)
    assert stranger.client.get(recording["url"]).status_code == 200
    sound = re.search(r'<meta property="og:audio" content="http://localhost([^"]+)">', text)
    assert sound is not None
    led = stranger.client.get(sound[1])
    assert led.status_code == 302
    assert led.headers["Cache-Control"] == "no-store"
    assert stranger.client.get(led.headers["Location"]).text.startswith("#EXTM3U")


def test_signed_out_a_space_for_followers_stays_unknown(studio: Studio) -> None:
    """Neither its page nor its sound is there for who has its link and no account."""
    studio.world.identity.protect(studio.space.host_id)
    stranger = visitor(studio, None)
    assert stranger.page(f"/spaces/{studio.space.id}").status_code == 404
    assert stranger.client.get(f"/spaces/{studio.space.id}/replay.m3u8").status_code == 404


@pytest.mark.parametrize("name", ["tim", None])
def test_what_was_deleted_says_so_and_is_heard_no_more(studio: Studio, name: str | None) -> None:
    """The same page then has no player, no sound and no turn of it; its address for others leads nowhere."""
    url = told(page(studio, name))["url"]
    concluding.delete_recording(studio.hall.seams, studio.space.host_id, studio.space.id)
    text = page(studio, name)
    assert "The recording is gone" in text
    assert "spaces-replay" not in text
    assert "/media/" not in text
    assert visitor(studio, name).page(url).status_code in (403, 404)
    assert visitor(studio, None).client.get(f"/spaces/{studio.space.id}/replay.m3u8").status_code == 404


def test_when_its_time_is_over_it_is_gone_without_anybody_sweeping(studio: Studio) -> None:
    """Expiry is asked when the page is read."""
    assert "spaces-replay" in page(studio, "tim")
    studio.world.clock.advance(timedelta(days=31).total_seconds())
    assert "The recording is gone" in page(studio, "tim")


def test_with_replays_switched_off_the_page_says_that_and_plays_nothing(studio: Studio) -> None:
    """It comes back with the switch."""
    flag_kills.kill(studio.hall.seams, None, "spaces.replay", Kill.END)
    text = page(studio, "tim")
    assert "Replays are switched off for now." in text
    assert "spaces-replay" not in text


def test_a_space_without_a_recording_has_nothing_to_replay(studio: Studio) -> None:
    """As ever: its page says so, and there is no address of its sound."""
    space = studio.world.go_live("linus")
    hosting.end_space(studio.hall.seams, space.host_id, space.id)
    response = visitor(studio, "tim").page(f"/spaces/{space.id}")
    assert "It was not recorded, so there is nothing to replay." in response.text
    assert visitor(studio, None).client.get(f"/spaces/{space.id}/replay.m3u8").status_code == 404


def test_a_card_says_that_it_can_be_heard_again(studio: Studio) -> None:
    """In lists by id, while it can; not once it is deleted."""

    def card() -> dict[str, Any]:
        rows: list[dict[str, Any]] = json.loads(visitor(studio, "tim").get(f"/spaces?ids={studio.space.id}").text)[
            "data"
        ]
        return rows[0]

    assert card()["has_replay"] is True
    concluding.delete_recording(studio.hall.seams, studio.space.host_id, studio.space.id)
    assert card()["has_replay"] is False
