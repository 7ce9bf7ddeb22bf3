"""Pictures of the product managers' pages: flags, one flag with its ramp and why somebody is in, health, history.

They come last: Spaces are half closed before them, and stay so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .studio import LOOKS, Studio

FIRST_HOSTS = ("ada", "theo", "priya", "kwame", "noor", "wren", "mateo", "hana", "leila", "harjit", "dele", "sofia")
FLAG = "/spaces/admin/flags/spaces.host"
GROUP = "talk"


def take_cockpit(studio: Studio) -> None:
    """Decide as a team would in its third week, and look at it in every width and light."""
    decide(studio)
    who = somebody_in(studio)
    pages = {
        "flags": ("/spaces/admin/flags", "can listen"),
        "flag": (f"{FLAG}?percent=25&who=@{who}", "Yes, "),
        "health": ("/spaces/admin/health", "From strip to voice"),
        "history": ("/spaces/admin/history", "Who changed what"),
    }
    for width, scheme in LOOKS:
        with studio.tab("pam", width, scheme) as pam:
            for name, (path, words) in pages.items():
                pam.open(path)
                pam.shows(pam.page.get_by_text(words).first)
                studio.shoot(pam, f"admin-{name}-{width}-{scheme}", is_whole=True)
    with studio.tab("pam") as pam:
        pam.open("/spaces/admin/flags")
        pam.press("Stop new ones")
        pam.shows(pam.page.get_by_text("Spaces are switched off"))
        studio.shoot(pam, "admin-killed-1280-light")
        pam.press("Turn on again")
        pam.open(f"{FLAG}?percent=100")
        form = pam.page.locator("#spaces-percent")
        form.get_by_label("Why?").fill("Three weeks held")
        form.get_by_role("button").click()
        pam.shows(pam.page.get_by_role("heading", name="to everyone?"))
        studio.shoot(pam, "admin-confirm-1280-light")


def take_numbers(studio: Studio, space_id: str) -> None:
    """What the host finds out about the Space."""
    for width, scheme in LOOKS:
        with studio.tab("ada", width, scheme) as ada:
            ada.open(f"/spaces/{space_id}/numbers")
            ada.shows(ada.page.get_by_role("heading", level=1))
            studio.shoot(ada, f"numbers-{width}-{scheme}", is_whole=True)


def decide(studio: Studio) -> None:
    """Listening for a quarter, hosting for a few, and a plan for the days to come."""
    change(studio, "strip", "Home with the strip held for a week", percent=25)
    change(studio, "listen", "Home with the strip held for a week", percent=25, rollout_group=GROUP)
    change(studio, "speak", "Who listens may speak", percent=25, rollout_group=GROUP)
    change(studio, "directory", "Not before search has its own limit", percent=0)
    change(studio, "record", "The team tries it", percent=0, rules=[rule("cohort", "eq", "staff")])
    change(studio, "host", "Radio club, first hosts", percent=1, allow=list(FIRST_HOSTS), rollout_group=GROUP)
    version = change(studio, "host", "Week one held, hosts ask for more", percent=5)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    steps = [{"percent": percent, "hold_h": 48} for percent in (10, 25, 50)]
    plan = {"steps": steps, "version": version, "reason": "Two days each", "starts_at": tomorrow.isoformat()}
    studio.call("pam").post("/flags/spaces.host/ramp", plan)


def somebody_in(studio: Studio) -> str:
    """Return the user name of a first host who may listen as well."""
    pam = studio.call("pam")
    for username in FIRST_HOSTS:
        user_id = studio.call(username).user_id
        if pam.get(f"/flags/spaces.host/why?user_id={user_id}")["value"]:
            return username
    raise AssertionError("of twelve people a quarter should be about three")


def change(studio: Studio, name: str, reason: str, **fields: object) -> int:
    """Decide about a flag by API; returns its version."""
    pam, path = studio.call("pam"), f"/flags/spaces.{name}"
    flag = pam.put(path, {"version": pam.get(path)["version"], "reason": reason, **fields})
    version: int = flag["version"]
    return version


def rule(attribute: str, op: str, value: object) -> dict[str, object]:
    """A rule of one condition that lets people in."""
    return {"id": "r1", "when": [{"attribute": attribute, "op": op, "value": value}], "value": True}
