"""Pictures of how a Space is found: fleets, plans, directory, cards, inbox, and its page signed out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .studio import Scheme, Studio

FANS = ("kwame", "noor", "wren", "mateo", "priya")
#: Who plans what: days from now, hour in UTC, cover.
PLANS = (
    ("leila", "Night trains, and who runs them", 1, 19, "blue"),
    ("harjit", "Letters to a young nurse", 3, 8, "plum"),
    ("sofia", "Sourdough in a cold kitchen", 5, 10, "amber"),
)


def plan(studio: Studio) -> str:
    """Fill the days to come and grace's inbox; returns the id of the Space that most people wait for."""
    grace = studio.call("grace")
    ids: list[str] = []
    for username, title, days, hour, cover in PLANS:
        host = studio.call(username)
        grace.put(f"/bells/{host.user_id}", {"level": "all"})
        start = _in(days).replace(hour=hour, minute=30)
        body = {"title": title, "scheduled_start": start.isoformat(), "cover": cover, "topic_ids": []}
        ids.append(host.post("/spaces", body)["space"]["id"])
    for username in (*FANS, "grace"):
        studio.call(username).put(f"/spaces/{ids[0]}/reminder", {"is_early": username == "grace"})
    return ids[0]


def post_about(studio: Studio, space_id: str) -> None:
    """Dress the Space for its page, and let dele write about it, with its card below."""
    host = studio.call("ada")
    host.patch(f"/spaces/{space_id}", {"topic_ids": ["software", "craft", "small-web"], "allows_guests": True})
    with studio.tab("dele") as dele:
        dele.open(f"/write?space={space_id}")
        dele.page.get_by_label("What’s new?").fill("Ada on plain text. Turned my own show down to listen.")
        dele.press("Post")
        dele.shows(dele.page.locator("spaces-card"))


def take_found(studio: Studio, space_id: str, planned_id: str, width: int, scheme: Scheme) -> None:
    """From the bar at the top to the page that somebody opens who is no member."""
    look = f"{width}-{scheme}"
    with studio.tab("grace", width, scheme) as grace:
        page = grace.page
        grace.shows(grace.entry(space_id))
        studio.shoot(grace, f"card-{look}", part=".post:has(spaces-card)")
        grace.open("/spaces/")
        grace.shows(page.get_by_role("heading", name="Coming up"))
        studio.shoot(grace, f"directory-{look}")
        page.get_by_role("searchbox").fill("trian")
        grace.shows(page.get_by_role("heading", name="Results"))
        studio.shoot(grace, f"search-{look}")
        page.get_by_role("searchbox").fill("")
        page.get_by_role("button", name="Plan a Space").or_(page.get_by_role("link", name="Plan a Space")).click()
        page.get_by_label("What will you talk about?").fill("Compilers by day, choir by night")
        page.get_by_label("Day", exact=True).fill(f"{_in(2):%Y-%m-%d}")
        page.get_by_label("Starts").fill("19:30")
        # A field that has the focus shows a part of its time as chosen.
        page.get_by_label("What will you talk about?").focus()
        studio.shoot(grace, f"schedule-{look}")
        grace.open(f"/spaces/{planned_id}")
        grace.shows(grace.button("Reminder set"))
        studio.shoot(grace, f"planned-{look}")
        grace.open("/inbox")
        grace.shows(page.locator(".inbox-line"))
        studio.shoot(grace, f"inbox-{look}")
        grace.open()
        page.locator(".spaces-strip__list").get_by_text("Wren").click()
        grace.shows(page.locator(".fleet"))
        if not page.locator(".fleet-picture").count():
            page.keyboard.press("ArrowRight")
        grace.shows(page.locator(".fleet-picture"))
        grace.press("Pause")
        studio.shoot(grace, f"fleet-{look}")
    with studio.tab("", width, scheme) as visitor:
        visitor.open(f"/spaces/{space_id}")
        visitor.shows(visitor.button("Listen as a guest"))
        studio.shoot(visitor, f"share-{look}")


def _in(days: int) -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=days)
