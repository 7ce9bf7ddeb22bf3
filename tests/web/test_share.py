"""A Space for whoever has its link: its page signed out, what scrapers read of it, and the card in other sites."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from spaces_feature import Profile
from spaces_feature.domain.ids import SpaceId
from spaces_feature.services.sound import capturing
from tests.web.conftest import Visit
from tests.web.visitor import Visitor
from tests.world import World, a_world, set_flag

ABSENT = "0123456789abc"
HOSTILE = '</script><script>alert(1)</script> & "quotes"'


def shared(world: World, space_id: str) -> TestResponse:
    """The page as whoever has the link sees it, signed out."""
    return Visitor(world, None).page(f"/spaces/{space_id}")


def embedding(world: World, **asked: str) -> TestResponse:
    """The oEmbed answer to somebody else's site."""
    return Visitor(world, None).client.get("/spaces/oembed", query_string=asked)


def address(space_id: str) -> str:
    """Where the page of a Space is."""
    return f"http://localhost/spaces/{space_id}"


def signature(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """All that is seen of an answer."""
    return answer.status_code, sorted((key, value) for key, value in answer.headers if key != "Date"), answer.data


def event_in(page: str) -> dict[str, Any]:
    """The page's JSON-LD."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    event: dict[str, Any] = json.loads(found[1])
    return event


def start(world: World, hours: float) -> str:
    """A time that many hours ahead."""
    return (world.clock() + timedelta(hours=hours)).isoformat()


@pytest.fixture
def open_world(tmp_path: Path) -> Iterator[World]:
    """A world with guests and a directory."""
    settings = {"SPACES_FLAGS": {"spaces.guests": True, "spaces.directory": True}, "SPACES_APP_NAME": "Plaza"}
    with a_world(tmp_path, **settings) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


def test_a_live_space_says_who_talks_and_how_many_listen(world: World, visit: Visit) -> None:
    """Signed out its page names host and co-host, counts the rest, and no cache keeps it."""
    space_id = visit("ada").start("Why small software lasts", topic_ids=["software"])
    space = world.space(space_id)
    for name in ("alan", "grace", "linus"):
        world.seat(space, name)
    visit("tim").post(f"/spaces/{space_id}/join")
    world.clock.advance(24 * 60)
    response = shared(world, space_id)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    words = " ".join(re.sub(r"<[^>]+>", " ", response.text).split())
    for said in ("Why small software lasts", "Ada hosts, with three speakers.", "1 listening · started 24 min ago"):
        assert said in words, words
    assert "Software" in words


def test_who_listens_is_not_named(world: World, visit: Visit) -> None:
    """The page of a public Space names nobody in the audience, and no member's id stands in it."""
    space_id = visit("ada").start()
    visit("margaret").post(f"/spaces/{space_id}/join")
    assert "Margaret" not in shared(world, space_id).text


@pytest.mark.parametrize("audience", ["followers", "following", "invited"])
def test_what_is_not_for_everyone_is_not_there(world: World, visit: Visit, audience: str) -> None:
    """SEC-17: signed out its page and its card are the answers of an id that nobody has, to the last byte."""
    space_id = visit("ada").start("A title of its own", audience=audience)
    for rest in ("", "/embed"):
        hidden, absent = (Visitor(world, None).page(f"/spaces/{one}{rest}") for one in (space_id, ABSENT))
        assert hidden.status_code == 404
        assert signature(hidden) == signature(absent)
    asked = [embedding(world, url=address(one)) for one in (space_id, ABSENT)]
    assert [answer.status_code for answer in asked] == [404, 404]
    assert signature(asked[0]) == signature(asked[1])


@pytest.mark.parametrize("deed", ["protect", "bar"])
def test_the_space_of_a_protected_or_suspended_host_is_not_there(world: World, visit: Visit, deed: str) -> None:
    """Whatever audience it says: of an account that is not open nothing is shown to strangers."""
    space_id = visit("ada").start()
    assert shared(world, space_id).status_code == 200
    getattr(world.identity, deed)(world.user("ada"))
    assert signature(shared(world, space_id)) == signature(shared(world, ABSENT))


def test_without_spaces_nothing_is_shared(closed: World) -> None:
    """With the feature off for everybody, page, card and oEmbed are not there."""
    for path in (f"/spaces/{ABSENT}", f"/spaces/{ABSENT}/embed", f"/spaces/oembed?url={address(ABSENT)}"):
        assert Visitor(closed, None).page(path).status_code == 404, path


def test_a_guest_is_asked_in_only_where_guests_may_come(open_world: World, world: World) -> None:
    """Flag and host together make the button; with either off members are asked to sign in."""
    open_one = Visitor(open_world, "ada").start(allows_guests=True)
    closed_one = Visitor(open_world, "alan").start()
    assert f'data-spaces-listen="{open_one}"' in shared(open_world, open_one).text
    assert "Guests are counted, never named, and cannot be heard." in shared(open_world, open_one).text
    assert "data-spaces-listen" not in shared(open_world, closed_one).text
    assert "sign in to listen" in shared(open_world, closed_one).text


def test_who_signs_in_comes_back(tmp_path: Path) -> None:
    """The link to the host's own sign-in carries the way back here."""
    with a_world(tmp_path, SPACES_SIGN_IN_URL="/login?next={next}") as made:
        made.app.extensions["spaces"].background.stop()
        space_id = Visitor(made, "ada").start()
        assert f'href="/login?next=%2Fspaces%2F{space_id}"' in shared(made, space_id).text


def test_an_ended_space_has_nothing_to_replay(world: World, visit: Visit) -> None:
    """Signed out, what was public says that it is over and names nobody of its stage; what was not is not there."""
    ada = visit("ada")
    space_id = ada.start("Gone by now")
    world.seat(world.space(space_id), "grace")
    ada.post(f"/spaces/{space_id}/end")
    page = shared(world, space_id).text
    assert "This Space has ended. It was not recorded, so there is nothing to replay." in page
    assert "Grace" not in page
    assert "data-spaces-listen" not in page
    private = ada.start(audience="followers")
    ada.post(f"/spaces/{private}/end")
    assert shared(world, private).status_code == 404


def test_rec_is_on_every_page_of_a_space_that_is_recorded(world: World, visit: Visit) -> None:
    """For members and signed out, and where it is embedded, while sound is kept; over, nobody says that it was not."""
    set_flag(world, "spaces.record", True)
    ada, space_id = visit("ada"), SpaceId(visit("ada").start())

    def pages() -> list[str]:
        signed_out = Visitor(world, None).page(f"/spaces/{space_id}/embed")
        return [one.text for one in (visit("grace").page(f"/spaces/{space_id}"), shared(world, space_id), signed_out)]

    ada.post(f"/spaces/{space_id}/recording/start")
    assert not any("This Space is being recorded" in page for page in pages()), "before anything is kept"
    assert capturing.claim(world.seams, space_id, "r")
    capturing.began_keeping(world.seams, space_id, "r", 0.0)
    assert all("This Space is being recorded" in page for page in pages())
    ada.post(f"/spaces/{space_id}/end")
    assert not any("being recorded" in page or "It was not recorded" in page for page in pages())


def test_its_host_sees_times_and_counts_of_an_ended_space(world: World, visit: Visit) -> None:
    """What is kept for the host: when it was, how many came and how many spoke. Others see that it is over."""
    ada = visit("ada")
    space_id = ada.start()
    world.seat(world.space(space_id), "grace")
    ada.post(f"/spaces/{space_id}/end")
    own, other = ada.page(f"/spaces/{space_id}").text, visit("tim").page(f"/spaces/{space_id}").text
    assert "People who came" in own
    assert "People who came" not in other
    assert "Grace" not in own + other


def test_a_scheduled_space_says_when(world: World, visit: Visit) -> None:
    """Before the start the page says the time and who hosts, and offers no sound; called off, it says that."""
    ada = visit("ada")
    space_id = ada.start("Next week", scheduled_start=start(world, 24), allows_guests=False)
    page = shared(world, space_id).text
    assert f'datetime="{(world.clock() + timedelta(hours=24)):%Y-%m-%dT%H:%M}' in page
    assert "Coming up" in page
    assert "data-spaces-listen" not in page
    assert ada.post(f"/spaces/{space_id}/cancel").status_code == 200
    assert "was called off" in shared(world, space_id).text


def test_other_spaces_stand_below_where_there_is_a_directory(open_world: World, world: World) -> None:
    """Live and planned public Spaces of others, never this one or a private one, and none without the flag."""
    space_id = Visitor(open_world, "ada").start("This one")
    Visitor(open_world, "alan").start("Another one")
    Visitor(open_world, "linus").start("A planned one", scheduled_start=start(open_world, 30))
    Visitor(open_world, "grace").start("A private one", audience="followers")
    page = shared(open_world, space_id).text
    _, _, below = page.partition("Also on Plaza")
    assert "Another one" in below
    assert "A planned one" in below
    assert "A private one" not in page
    assert "This one" not in below


def test_no_also_without_a_directory(world: World, visit: Visit) -> None:
    """Without the flag a shared page stands alone."""
    space_id = visit("ada").start("This one")
    visit("alan").start("Another one")
    assert "Another one" not in shared(world, space_id).text


def test_scrapers_read_title_host_and_picture(world: World, visit: Visit) -> None:
    """Open Graph and a Twitter card with absolute addresses, in the page's head, each once."""
    ada = world.user("ada")
    world.identity.add(Profile(ada, "ada", "Ada Whitlock", avatar_url="/pictures/ada.png", url="/@ada"))
    space_id = visit("ada").start("Why small software lasts")
    head = shared(world, space_id).text.partition("</head>")[0]
    for tag in (
        '<meta property="og:title" content="Why small software lasts">',
        '<meta property="og:description" content="Live now. Ada Whitlock hosts.">',
        f'<meta property="og:url" content="{address(space_id)}">',
        '<meta property="og:image" content="http://localhost/pictures/ada.png">',
        '<meta name="twitter:card" content="summary">',
        f'<link rel="canonical" href="{address(space_id)}">',
    ):
        assert head.count(tag) == 1, tag


@pytest.mark.parametrize("picture", ["", "/faces/ada.svg", "/faces/ada.SVG?v=1", "data:image/png;base64,AAAA"])
def test_a_drawing_is_no_picture_for_scrapers(world: World, visit: Visit, picture: str) -> None:
    """What they cannot show is left out, in the page and in the oEmbed answer."""
    world.identity.add(Profile(world.user("ada"), "ada", "Ada", avatar_url=picture, url="/@ada"))
    space_id = visit("ada").start()
    assert "og:image" not in shared(world, space_id).text
    assert "thumbnail_url" not in embedding(world, url=address(space_id)).json


def test_a_title_breaks_out_of_nothing(world: World, visit: Visit) -> None:
    """A title with markup stays a title: in the page, its head, its JSON-LD, the oEmbed answer and the card."""
    space_id = visit("ada").start(HOSTILE)
    page, card = shared(world, space_id).text, Visitor(world, None).page(f"/spaces/{space_id}/embed").text
    told = embedding(world, url=address(space_id)).json
    for html in (page, card, told["html"]):
        assert "<script>alert(1)" not in html
    assert event_in(page)["name"] == HOSTILE
    assert told["title"] == HOSTILE


def test_search_engines_read_an_event(world: World, visit: Visit) -> None:
    """JSON-LD with when, where, who and whether it takes place, through the whole life of a Space."""
    ada = visit("ada")
    space_id = ada.start("Next week", scheduled_start=start(world, 24))
    event = event_in(shared(world, space_id).text)
    assert event["@type"] == "BroadcastEvent"
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["startDate"] == "2026-11-23T20:00:00.000Z"
    assert event["location"] == {"@type": "VirtualLocation", "url": address(space_id)}
    assert event["organizer"] == {"@type": "Person", "name": "Ada", "url": "http://localhost/@ada"}
    ada.post(f"/spaces/{space_id}/cancel")
    assert event_in(shared(world, space_id).text)["eventStatus"] == "https://schema.org/EventCancelled"


def test_a_host_template_without_a_head_block_has_the_head_too(tmp_path: Path) -> None:
    """Only the block ``content`` is promised by a host: what scrapers read gets into its head all the same."""
    (tmp_path / "templates").mkdir()
    base = "<html><head><title>Host</title></head><body>{% block content %}{% endblock %}</body></html>"
    (tmp_path / "templates" / "plain.html").write_text(base)
    with a_world(tmp_path, SPACES_BASE_TEMPLATE="plain.html") as made:
        made.app.extensions["spaces"].background.stop()
        space_id = Visitor(made, "ada").start("Why small software lasts")
        head, _, body = shared(made, space_id).text.partition("</head>")
        assert head.count("og:title") == 1
        assert "og:title" not in body


def test_a_host_template_keeps_its_own_names(tmp_path: Path) -> None:
    """What the host's template calls by names of its own is what it finds there, not something of ours."""
    (tmp_path / "templates").mkdir()
    names = ("icon", "face", "head", "state", "space", "view")
    said = "".join(f"[{{{{ {name} }}}}]" for name in names)
    base = f"<html><head></head><body>{said}{{% block content %}}{{% endblock %}}"
    (tmp_path / "templates" / "named.html").write_text(base)
    with a_world(tmp_path, SPACES_BASE_TEMPLATE="named.html") as made:
        made.app.extensions["spaces"].background.stop()
        made.app.jinja_env.globals |= {name: f"own {name}" for name in names}
        space_id = Visitor(made, "ada").start("Why small software lasts")
        page = shared(made, space_id).text
        assert [name for name in names if f"[own {name}]" not in page] == []
        assert "Why small software lasts" in page


def test_oembed_describes_a_frame(world: World, visit: Visit) -> None:
    """Any site may read what to embed: a frame without an origin of its own, no larger than asked for."""
    space_id = visit("ada").start("Why small software lasts")
    response = embedding(world, url=address(space_id), maxwidth="320", maxheight="1000", format="json")
    told = response.json
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", "Why small software lasts")
    assert (told["author_name"], told["width"]) == ("Ada", 320)
    assert told["height"] <= 1000
    assert f'src="{address(space_id)}/embed"' in told["html"]
    assert 'sandbox="' in told["html"]
    assert "allow-same-origin" not in told["html"]


def test_oembed_is_found_from_the_page(world: World, visit: Visit) -> None:
    """The page's own link leads to the answer."""
    space_id = visit("ada").start()
    found = re.search(r'type="application/json\+oembed" href="([^"]+)"', shared(world, space_id).text)
    assert found is not None
    link = found[1].replace("&amp;", "&").removeprefix("http://localhost")
    assert Visitor(world, None).page(link).json["title"] == "Why small software lasts"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"url": "not a url"}, 400),
        ({"url": "http://[bad"}, 400),
        ({"url": "https://evil.example/spaces/{id}"}, 400),
        ({"url": "http://localhost.evil.example/spaces/{id}"}, 400),
        ({"url": "javascript:alert(1)//localhost/spaces/{id}"}, 400),
        ({"url": "http://localhost/spaces/{id}", "maxwidth": "wide"}, 400),
        ({"url": "http://localhost/spaces/{id}", "maxheight": "-1"}, 400),
        ({"url": "http://localhost/spaces/{id}", "format": "xml"}, 501),
        ({"url": "http://localhost/spaces/"}, 404),
        ({"url": "http://localhost/elsewhere"}, 404),
        ({"url": "http://localhost/spaces/{id}/embed"}, 404),
    ],
    ids=str,
)
def test_oembed_refuses(world: World, visit: Visit, asked: dict[str, str], status: int) -> None:
    """Another site's address is 400, nothing of ours 404, and there is no format but JSON."""
    space_id = visit("ada").start()
    assert embedding(world, **{key: value.format(id=space_id) for key, value in asked.items()}).status_code == status


def test_the_card_stands_in_any_page_and_does_nothing_there(world: World, visit: Visit) -> None:
    """It alone may be framed, runs no script, sets no cookie, and is the same for who is signed in."""
    space_id = visit("ada").start("Why small software lasts")
    card = Visitor(world, None).page(f"/spaces/{space_id}/embed")
    policy = card.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "<script" not in card.text
    assert "Set-Cookie" not in card.headers
    assert "Why small software lasts" in card.text
    assert visit("ada").page(f"/spaces/{space_id}/embed").data == card.data
    assert "frame-ancestors" not in shared(world, space_id).headers.get("Content-Security-Policy", "")


def test_a_member_sees_the_page_that_members_see(world: World, visit: Visit) -> None:
    """Signed in there is the dialog to join, and what a guest is told is not there."""
    space_id = visit("ada").start()
    page = visit("grace").page(f"/spaces/{space_id}").text
    assert f'data-spaces-join="{space_id}"' in page
    assert "data-spaces-listen" not in page


def test_cover_colours_reach_the_page(world: World, visit: Visit) -> None:
    """The colour that the host chose is the ground of the waves."""
    space_id = visit("ada").start(cover="plum", scheduled_start=start(world, 2))
    assert 'data-cover="plum"' in shared(world, space_id).text
