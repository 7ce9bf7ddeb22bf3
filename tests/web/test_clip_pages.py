"""A clip for whoever has its link, inside the host's posts, and inside other people's pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from spaces_feature.domain.clips import Clip, ClipState, Source, Window
from spaces_feature.domain.ids import SpaceId
from tests.web.conftest import Visit
from tests.web.visitor import Visitor
from tests.world import World

CLIP = "cL1pcL1pcL1pc"
FOLDER = f"clips/{CLIP}/AAAAAAAAAAAAAAAAAAAAAA"
ABSENT = "0123456789abc"
SOUND = b"as if it were sound"
HOSTILE = '</script><script>alert(1)</script> & "quotes"'


def keep(world: World, space_id: str, **over: Any) -> None:
    """A clip of alan's with ada and margaret in it, cut and ready, as the recorder leaves it."""
    voices = {world.user("ada"): 14_000, world.user("margaret"): 8_000}
    now = world.clock()
    with world.seams.store.begin() as work:
        space = work.lock(SpaceId(space_id))
        assert space is not None
        agreed = {one: {"recording": True, "clips": True} for one in voices}
        work.save(space, replace(space, consents=agreed), now)
        clip = Clip(
            id=CLIP,
            space_id=SpaceId(space_id),
            maker_id=world.user("alan"),
            window=Window(10_000, 32_000),
            source=Source.BUFFER,
            created_at=now,
            expires_at=now + timedelta(days=30),
            title="The hospital still runs it",
            state=ClipState.READY,
            path=FOLDER,
            speakers=voices,
            peaks=(0.5,) * 64,
            is_open=True,
        )
        work.add_clip(replace(clip, **over))
    world.seams.storage.put(f"{FOLDER}/clip.m4a", SOUND, "audio/mp4")


def stranger(world: World, path: str, **asked: str) -> TestResponse:
    """What anybody gets who is signed out."""
    return Visitor(world, None).client.get(path, query_string=asked)


def cards(world: World, name: str | None, *ids: str) -> dict[str, str]:
    """The cards as they stand in a page of the host's."""
    with world.app.test_request_context("/"), world.identity.sign_in(world.user(name) if name else None):
        found: dict[str, str] = world.app.jinja_env.globals["spaces_clips"](ids)  # type: ignore[operator]
        return found


@pytest.fixture
def space_id(visit: Visit) -> str:
    """A Space of ada's for everybody."""
    return visit("ada").start("Why small software lasts")


def test_whoever_has_the_link_hears_the_clip(world: World, space_id: str) -> None:
    """Signed out: its title, who is heard, the Space, and the sound, also by a player that needs no script."""
    keep(world, space_id, words="Twenty-two seconds I will be quoting all year.")
    page = stranger(world, f"/spaces/clips/{CLIP}")
    assert page.status_code == 200
    for words in (
        "The hospital still runs it",
        "Ada, Margaret",
        "Why small software lasts",
        "quoting all year",
        "0:22",
    ):
        assert words in page.text, words
    assert f'<audio controls preload="none" src="/spaces/clips/{CLIP}/clip.m4a">' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "Delete the clip" not in page.text
    client = Visitor(world, None).client
    sound = client.get(f"/spaces/clips/{CLIP}/clip.m4a", follow_redirects=True)
    assert (sound.status_code, sound.data) == (200, SOUND)


def test_scrapers_find_a_player(world: World, space_id: str) -> None:
    """Open Graph's audio and video, and the player card: whole addresses, which lead to what they promise."""
    keep(world, space_id)
    page = stranger(world, f"/spaces/clips/{CLIP}").text
    found = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', page))
    assert found["og:title"] == "The hospital still runs it"
    assert unescape(found["og:description"]) == "Ada and Margaret, 22 seconds of “Why small software lasts”."
    assert found["twitter:card"] == "player"
    assert found["og:audio"] == found["twitter:player:stream"] == f"http://localhost/spaces/clips/{CLIP}/clip.m4a"
    assert found["og:video"] == found["twitter:player"] == f"http://localhost/spaces/clips/{CLIP}/embed"
    assert page.index("og:audio") < page.index("</head>")
    player = stranger(world, found["twitter:player"])
    assert "frame-ancestors *" in player.headers["Content-Security-Policy"]
    for path in ("", "/card", "/clip.m4a"):
        assert "Content-Security-Policy" not in stranger(world, f"/spaces/clips/{CLIP}{path}").headers
    assert "<script" not in player.text
    assert found["og:audio"] in player.text
    members_page = Visitor(world, "grace").page(f"/spaces/clips/{CLIP}").text
    assert "og:audio" not in members_page


def test_an_embedding_page_is_told_of_the_player(world: World, space_id: str) -> None:
    """oEmbed: the frame has no origin of its own, and is as large as the page allows; another's clip is none."""
    keep(world, space_id, title='Quotes " and <b>')
    address = f"http://localhost/spaces/clips/{CLIP}"
    answer = stranger(world, "/spaces/oembed", url=address, maxwidth="300").get_json()
    assert (answer["title"], answer["author_name"], answer["width"]) == ('Quotes " and <b>', "Alan", 300)
    assert f'src="{address}/embed"' in answer["html"]
    assert "allow-same-origin" not in answer["html"]
    assert "<b>" not in answer["html"]
    assert stranger(world, "/spaces/oembed", url=f"http://localhost/spaces/clips/{ABSENT}").status_code == 404


@pytest.mark.parametrize("path", ["", "/clip.m4a", "/embed"])
def test_what_was_taken_back_is_what_never_was(world: World, space_id: str, path: str) -> None:
    """A deleted, an expired and an absent clip answer alike, and nothing that was said is left."""
    never = stranger(world, f"/spaces/clips/{ABSENT}{path}")
    assert never.status_code == 404
    keep(world, space_id)
    assert stranger(world, f"/spaces/clips/{CLIP}{path}").status_code in (200, 302)
    world.clock.advance(31 * 24 * 3600)
    over = stranger(world, f"/spaces/clips/{CLIP}{path}")
    assert over.status_code == 404
    assert over.text.replace(CLIP, ABSENT) == never.text
    if not path:
        assert "This clip was taken back." in over.text
        assert "hospital" not in over.text


def test_a_clip_of_followers_is_for_followers(world: World, visit: Visit) -> None:
    """Its page, its card and its sound are for who may know the Space; the sound by a link of their own."""
    space_id = visit("ada").start("Among us", audience="followers")
    world.graph.follow(world.user("grace"), world.user("ada"))
    keep(world, space_id, is_open=False)
    for path in ("", "/embed", "/clip.m4a"):
        assert stranger(world, f"/spaces/clips/{CLIP}{path}").status_code == 404, path
    assert stranger(world, "/spaces/oembed", url=f"http://localhost/spaces/clips/{CLIP}").status_code == 404
    assert visit("tim").page(f"/spaces/clips/{CLIP}").status_code == 404
    assert "hospital" not in cards(world, "tim", CLIP)[CLIP] + cards(world, None, CLIP)[CLIP]
    grace = visit("grace")
    assert "The hospital still runs it" in grace.page(f"/spaces/clips/{CLIP}").text
    assert "The hospital still runs it" in cards(world, "grace", CLIP)[CLIP]
    sound = grace.page(f"/spaces/clips/{CLIP}/clip.m4a")
    assert sound.status_code == 302
    assert "spaces_ear=" in sound.headers["Set-Cookie"]
    assert grace.page(sound.headers["Location"]).data == SOUND
    assert stranger(world, sound.headers["Location"]).status_code == 403


def test_who_is_asked_first_answers_on_the_card(world: World, space_id: str, visit: Visit) -> None:
    """Until then it is for its maker, who is told, and for who is heard in it, who answers; for others it is not."""
    keep(world, space_id, waits_for=frozenset({world.user("margaret")}))
    margaret = visit("margaret").page(f"/spaces/clips/{CLIP}/card").text
    assert 'data-clip-answer="yes"' in margaret
    assert "Alan wants to share this" in margaret
    alan = visit("alan").page(f"/spaces/clips/{CLIP}/card").text
    assert "Margaret is asked first" in alan
    assert "data-clip-answer" not in alan
    for name in ("grace", None):
        answer = visit(name).page(f"/spaces/clips/{CLIP}/card")
        assert "This clip was taken back." in answer.text
        assert "hospital" not in answer.text


@pytest.mark.parametrize(
    ("name", "offered"),
    [("alan", "delete"), ("ada", "withdraw"), ("margaret", "withdraw"), ("grace", None), (None, None)],
)
def test_the_card_offers_what_its_viewer_may_do(
    world: World, space_id: str, name: str | None, offered: str | None
) -> None:
    """Who made it may delete it, whoever is heard takes their voice back, nobody else is offered either."""
    keep(world, space_id)
    card = cards(world, name, CLIP)[CLIP]
    assert re.findall(r'data-clip-away="(\w+)"', card) == ([offered] if offered else [])


def test_a_clip_that_is_made_says_so(world: World, space_id: str, visit: Visit) -> None:
    """To its maker; there is nothing to play yet."""
    keep(world, space_id, state=ClipState.MAKING, path="", peaks=())
    card = visit("alan").page(f"/spaces/clips/{CLIP}/card").text
    assert 'data-state="making"' in card
    assert "It is made right now." in card
    assert "spaces-clip__play" not in card
    assert visit("alan").page(f"/spaces/clips/{CLIP}/clip.m4a").status_code == 404


def test_a_quiet_clip_is_drawn_as_tall_as_a_loud_one(world: World, space_id: str) -> None:
    """As the sheet drew it in which it was chosen; silence stays flat."""
    keep(world, space_id, peaks=(0.1, 0.0) * 32)
    card = cards(world, "alan", CLIP)[CLIP]
    assert "M0.5 7v86M1.5 47v6M2.5 7v86" in card


def test_what_somebody_wrote_stays_text(world: World, space_id: str) -> None:
    """On the page, in its head, in the card and in the player."""
    keep(world, space_id, title=HOSTILE, words=HOSTILE)
    for path in ("", "/card", "/embed"):
        page = stranger(world, f"/spaces/clips/{CLIP}{path}").text
        assert "<script>alert" not in page, path
        assert "&lt;script&gt;alert(1)" in page, path


def test_a_card_in_the_hosts_page_raises_nothing(world: World, space_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that fails leaves a link to the page of the clip; no address of its sound is ever in the host's page."""
    keep(world, space_id)
    html = cards(world, "grace", CLIP, ABSENT)
    assert html[CLIP].startswith(f'<spaces-clip clip-id="{CLIP}">')
    assert "This clip was taken back." in html[ABSENT]
    with world.app.test_request_context("/"):
        one = world.app.jinja_env.from_string("{{ spaces_clip(id) }}").render(id=CLIP)
    assert "/spaces/media/" not in html[CLIP] + one

    def away(*_: object) -> None:
        raise RuntimeError("the host's database is away")

    monkeypatch.setattr(world.identity, "profiles", away)
    world.clock.advance(3600)
    broken = cards(world, "grace", CLIP)[CLIP]
    assert f'<a href="/spaces/clips/{CLIP}">Open this clip</a>' in broken
    assert "hospital" not in broken


def test_with_spaces_off_there_are_no_clips(closed: World) -> None:
    """Neither cards nor pages."""
    assert cards(closed, "grace", CLIP) == {CLIP: ""}
    assert Visitor(closed, "grace").page(f"/spaces/clips/{CLIP}").status_code == 404
