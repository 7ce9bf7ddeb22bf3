"""What the server writes into strip and cards: complete without script, and the nodes that the script takes over."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment, PackageLoader

PAGES = Environment(loader=PackageLoader("spaces_feature"), autoescape=True)
LATER = "2099-01-01T00:00:00.000Z"


class Elements(HTMLParser):
    """Every element with its attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())

    def having(self, name: str) -> list[dict[str, str | None]]:
        """The attributes of all elements that have this one."""
        return [attributes for _, attributes in self.found if name in attributes]

    @property
    def text(self) -> str:
        return " ".join(word for word in self.words if word)


def profile(user_id: str, name: str) -> dict[str, str]:
    return {"user_id": user_id, "username": name.lower(), "name": name, "avatar_url": "", "url": f"/@{user_id}"}


ADA, GRACE = profile("1", "Ada Whitlock"), profile("2", "Grace Adeyemi")


def space(space_id: str = "Why0000000000", **fields: Any) -> dict[str, Any]:
    """A Space as lists have it."""
    return {
        "id": space_id,
        "state": "live",
        "title": "Why small software lasts",
        "host_ids": ["1"],
        "participant_count": 1284,
        "recording": "off",
        "is_recording": False,
        "subscriber_count": 0,
        "scheduled_start": None,
        "end_reason": None,
        "people": [ADA],
        "reason": None,
        "has_reminder": False,
        **fields,
    }


def live(space_id: str, code: str = "host", *, is_talking: bool = False, **fields: Any) -> dict[str, Any]:
    reason = {"code": code, "text": "Ada is hosting, +2 you follow"}
    return {
        "kind": "space",
        "space": space(space_id, **fields),
        "people": [ADA],
        "reason": reason,
        "is_talking": is_talking,
    }


def fleet(author: dict[str, str], *, is_seen: bool) -> dict[str, Any]:
    item = {"kind": "fleet", "id": f"f{author['user_id']}", "url": f"/fleets/{author['username']}"}
    return {**item, "people": [author], "is_seen": is_seen, "expires_at": LATER}


def strip(entries: list[dict[str, Any]], **context: Any) -> Elements:
    """The strip as the server writes it for grace."""
    given = {"me": GRACE, "config": {}, "can_host": True, "chunks": [], "nonce": None, "prefix": "/spaces", **context}
    page = PAGES.get_template("spaces/strip.html")
    return Elements(page.render(entries=entries, asset=lambda name: f"/{name}", **given))


def card(item: dict[str, Any] | None, **context: Any) -> Elements:
    """A card as the server writes it for grace."""
    return Elements(
        PAGES.get_template("spaces/_card.html").render(card=item, prefix="/spaces", **{"me": GRACE, **context})
    )


def keys(page: Elements) -> list[str | None]:
    return [one["data-key"] for one in page.having("data-key")]


def test_entries_are_links_with_full_names() -> None:
    """Without script every entry leads somewhere, and is read aloud as what it is."""
    margaret, mateo = profile("3", "Margaret Chen"), profile("4", "Mateo Silva")
    page = strip([live("Why0000000000"), fleet(margaret, is_seen=False), fleet(mateo, is_seen=True)])
    assert "Why small software lasts , live. Ada is hosting, plus 2 you follow" in page.text
    assert [one["href"] for one in page.having("data-spaces-join")] == ["/spaces/Why0000000000"]
    named = {one["aria-label"]: one["href"] for one in page.having("aria-label") if "href" in one}
    assert named == {
        "Margaret, new fleet": "/fleets/margaret chen",
        "Mateo, fleet, seen": "/fleets/mateo silva",
    }
    assert [one["href"] for one in page.having("data-spaces-create")] == ["/spaces/?new=1"]


def test_own_fleets_come_right_after_oneself() -> None:
    """The viewer's own face is first, then their fleets, then everybody else's in the order of the answer."""
    page = strip(
        [live("Why0000000000"), fleet(profile("3", "Margaret Chen"), is_seen=False), fleet(GRACE, is_seen=True)]
    )
    assert keys(page) == ["own", "fleet-2", "Why0000000000", "fleet-3"]
    assert "Your fleet" in page.text


def test_only_what_one_hosts_is_ones_own() -> None:
    """Who is live finds the way back in their own face, and not a second time in the list; a co-host finds an entry."""
    own = strip([live("Own0000000000", "own", is_talking=True), live("Why0000000000")])
    assert keys(own) == ["own", "Why0000000000"]
    assert "You're live" in own.text
    assert [one["data-spaces-join"] for one in own.having("data-talking")] == ["Own0000000000"]
    cohost = strip([live("Why0000000000", "speaker", host_ids=["2", "1"])])
    assert keys(cohost) == ["own", "Why0000000000"]
    assert "Create" in cohost.text


def test_who_may_not_host_is_offered_nothing() -> None:
    """Without the right to host there is no way to create; what is live is still there."""
    assert keys(strip([live("Why0000000000")], can_host=False)) == ["Why0000000000"]
    assert keys(strip([], me=None)) == []


def test_a_live_card_leads_in() -> None:
    """Title and Listen are links to the page of the Space, and Listen says of what."""
    page = card(space())
    assert {one["href"] for one in page.having("href")} == {"/spaces/Why0000000000"}
    assert [one["aria-label"] for one in page.having("data-spaces-join")] == ["Listen: Why small software lasts"]
    assert "1,284 listening" in page.text
    assert "Ada Whitlock is hosting" in page.text


def test_rec_stands_there_before_any_script() -> None:
    """A Space that is recorded says so in the strip, in one's own face and in its card."""
    page = strip([live("Own0000000000", "own", recording="on"), live("Why0000000000", recording="starting")])
    assert [one["data-rec"] for one in page.having("data-rec")] == ["on", "starting"]
    assert "This Space is being recorded" in card(space(recording="on", is_recording=True)).text
    assert "recorded" not in card(space(recording="starting")).text


def test_a_planned_card_offers_a_reminder_to_whoever_can_have_one() -> None:
    """To a member, not to the host, not to who is signed out; what is set says so."""
    planned = space(state="scheduled", scheduled_start="2026-11-24T19:30:00.000Z", subscriber_count=212)
    page = card(planned)
    assert "2026-11-24, 19:30 UTC" in page.text
    assert "Ada Whitlock hosts · 212 waiting" in page.text
    assert "Set reminder" in page.text
    assert "Reminder set" in card({**planned, "has_reminder": True}).text
    assert not card(planned, me=ADA).having("data-spaces-remind")
    assert not card(planned, me=None).having("data-spaces-remind")


def test_a_card_of_what_was_recorded_leads_to_its_replay() -> None:
    """It says Replay, whose and when it was, and leads to the page that plays it; nothing of it is live."""
    page = card(space(state="ended", has_replay=True, started_at="2026-11-23T18:00:00.000Z"))
    assert "Replay" in page.text
    assert "Ada Whitlock hosted" in page.text
    assert "2026-11-23, 18:00 UTC" in page.text
    assert {one["href"] for one in page.having("href")} == {"/spaces/Why0000000000"}
    assert "Play the replay: Why small software lasts" in [one["aria-label"] for one in page.having("aria-label")]
    assert not page.having("data-spaces-join")


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (space(state="ended"), "This Space has ended."),
        (space(state="canceled", end_reason="canceled"), "This Space was called off and will not start."),
        (space(state="canceled", end_reason="expired"), "This Space did not start."),
        (None, "This Space is not here any more."),
    ],
)
def test_a_card_of_what_is_over_says_so(item: dict[str, Any] | None, sentence: str) -> None:
    """Nothing to listen to or to wait for is offered any more; of what may not be known, no name is told."""
    page = card(item)
    assert sentence in page.text
    assert not page.having("data-spaces-join")
    assert not page.having("data-spaces-remind")
    assert ("Why small software lasts" in page.text) is (item is not None)


def test_markup_in_titles_is_text() -> None:
    """A title that is markup is shown as letters, in the entry's name and in the card."""
    evil = '"><img src=x onerror=alert(1)>'
    for page in (strip([live("Why0000000000", title=evil)]), card(space(title=evil))):
        assert not [tag for tag, _ in page.found if tag == "img"]
        assert evil in page.text
