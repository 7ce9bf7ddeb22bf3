"""Our pages: the directory and the page of one Space, and all of it with Spaces off."""

from __future__ import annotations

from tests.web.conftest import Visit
from tests.web.visitor import GOOD_BODIES, Visitor, routes, url_of
from tests.world import World, set_flag

ABSENT = "0123456789abc"


def test_the_page_of_a_space(visit: Visit) -> None:
    """A live Space's page names it and who is on stage, offers Listen, and no cache keeps it."""
    space_id = visit("ada").start("Why small software lasts")
    response = visit("grace").page(f"/spaces/{space_id}")
    assert response.status_code == 200
    assert "Why small software lasts" in response.text
    assert "Listen" in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_the_page_of_an_ended_space(visit: Visit) -> None:
    """An ended Space's page says so and offers no way in."""
    ada = visit("ada")
    space_id = ada.start()
    ada.post(f"/spaces/{space_id}/end")
    html = visit("grace").page(f"/spaces/{space_id}").text
    assert "This Space has ended" in html
    assert f'data-spaces-join="{space_id}"' not in html


def test_an_ended_space_leads_who_ran_it_to_its_numbers(visit: Visit) -> None:
    """On the page of an ended Space its host finds its numbers, and nobody else does."""
    ada, grace = visit("ada"), visit("grace")
    space_id = ada.start()
    assert "/numbers" not in ada.page(f"/spaces/{space_id}").text
    ada.post(f"/spaces/{space_id}/end")
    assert f'href="/spaces/{space_id}/numbers"' in ada.page(f"/spaces/{space_id}").text
    assert "/numbers" not in grace.page(f"/spaces/{space_id}").text


def test_pages_offer_nothing_that_is_not_open(world: World, visit: Visit) -> None:
    """Without their flags there is no Listen on the page of a Space, nothing to plan, and buttons go."""
    space_id = visit("ada").start("Why small software lasts")
    grace = visit("grace")
    offered = grace.page(f"/spaces/{space_id}").text + grace.page("/spaces/").text
    assert "data-closed" not in offered
    assert 'data-spaces-create="later"' in offered
    for key in ("spaces.listen", "spaces.schedule"):
        set_flag(world, key, False)
    page, directory = grace.page(f"/spaces/{space_id}").text, grace.page("/spaces/").text
    assert "Listening is not open to you yet." in page
    assert f'data-spaces-join="{space_id}"' not in page
    assert 'data-spaces-create="later"' not in directory
    set_flag(world, "spaces.host", False)
    assert '<spaces-strip data-closed="host plan">' in grace.page("/spaces/").text


def test_absent_and_hidden_pages_are_one_page(visit: Visit) -> None:
    """SEC-17: the page of a hidden Space is the host's 404, the same as for an id that nobody has."""
    hidden = visit("ada").start(audience="followers")
    tim = visit("tim")
    absent, private = tim.page(f"/spaces/{ABSENT}"), tim.page(f"/spaces/{hidden}")
    assert (absent.status_code, private.status_code) == (404, 404)
    assert absent.data == private.data


def test_whoever_is_kept_out_is_told_why(world: World, visit: Visit) -> None:
    """The removed and the suspended get a page that says which, and nothing of the Space; the blocked find no page."""
    ada, space_id = visit("ada"), visit("ada").start("A title of its own")
    ada.post(f"/spaces/{space_id}/removals", {"user_id": world.user("grace"), "reason": "Selling things"})
    world.identity.bar(world.user("alan"))
    world.graph.block(world.user("tim"), world.user("ada"))
    pages = {name: visit(name).page(f"/spaces/{space_id}") for name in ("grace", "alan", "tim", "linus")}
    assert {name: page.status_code for name, page in pages.items()} == {
        "grace": 403,
        "alan": 403,
        "tim": 404,
        "linus": 200,
    }
    assert "You were removed from this Space" in pages["grace"].text
    assert "Your account cannot take part right now." in pages["alan"].text
    told = pages["grace"].text + pages["tim"].text
    assert "A title of its own" not in told
    assert "Selling things" not in told
    assert "You were removed" not in pages["alan"].text


def test_the_directory_lists_what_the_strip_shows(world: World, visit: Visit) -> None:
    """The directory shows live Spaces of people whom the viewer follows, and plain words when there are none."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    visit("ada").start("Why small software lasts")
    assert "Why small software lasts" in visit("grace").page("/spaces/").text
    assert "Nobody you may hear is live right now" in visit("tim").page("/spaces/").text


def test_the_directory_is_for_members(visit: Visit) -> None:
    """Signed out it asks to sign in with a 401 and tells of no Space."""
    visit("ada").start("For members")
    response = visit(None).page("/spaces/")
    assert response.status_code == 401
    assert "Sign in" in response.text
    assert "For members" not in response.text


def test_with_spaces_off_nothing_is_there(closed: World) -> None:
    """Every page, document and route of the API is a 404, signed in or not; the host's own pages are untouched."""
    closed.app.add_url_rule("/own", "own", lambda: "the host's own")
    for name in ("ada", None):
        visitor = Visitor(closed, name)
        for path in ("/spaces/", f"/spaces/{ABSENT}", "/spaces/openapi.json", "/spaces/events.json"):
            assert visitor.page(path).status_code == 404, path
        answers = set()
        for route in routes():
            response = visitor.call(route.method, url_of(route, ABSENT), GOOD_BODIES.get(route.name))
            assert response.status_code == 404, route.name
            answers.add(response.data)
        assert len(answers) == 1
        assert visitor.page("/own").text == "the host's own"


def test_assets_change_their_address_with_their_content(visit: Visit) -> None:
    """Our files carry a fingerprint of their content, so that a browser may keep them and never keeps an old one."""
    html = visit("ada").page("/spaces/").text
    assert "/spaces/static/dist/spaces.js?v=" in html
    assert "/spaces/static/dist/spaces.css?v=" in html
