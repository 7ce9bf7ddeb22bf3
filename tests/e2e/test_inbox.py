"""The inbox of Plaza, as a member sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .conftest import SignIn
from .member import Caller


def test_the_badge_goes_up_by_itself(sign_in: SignIn, ada_caller: Caller) -> None:
    """Grace rings the bell beside ada's name; ada plans a Space, and the number is on grace's open page."""
    grace = sign_in("grace").open("/@ada")
    grace.page.locator("spaces-bell button").click()
    with grace.page.expect_response(lambda answer: "/bells/" in answer.url and answer.request.method == "PUT"):
        grace.page.locator("spaces-bell").get_by_role("menuitemradio", name="Scheduled only").click()
    grace.open("/inbox")
    inbox = grace.page.locator(".menu [data-unread]")
    before = int(inbox.get_attribute("data-unread") or "0")
    grace.mark_document()
    start = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    space = ada_caller.post("/spaces", {"title": "Planned for the bell", "scheduled_start": start})["space"]
    try:
        grace.shows(grace.page.locator(f'.menu [data-unread="{before + 1}"]'))
        assert grace.is_same_document()
        assert grace.page.locator("[data-inbox-status]").inner_text() == f"{before + 1} unread in your inbox."
        grace.page.get_by_role("link", name="Show what is new").click()
        line = grace.page.locator(".inbox-line", has_text="Planned for the bell")
        grace.shows(line)
        line.click()
        grace.page.wait_for_url(f"**/spaces/{space['id']}")
        assert grace.sees(lambda: inbox.get_attribute("data-unread") == f"{before}")
    finally:
        ada_caller.post(f"/spaces/{space['id']}/cancel")
