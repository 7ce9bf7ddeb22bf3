"""What Plaza says of its members to staged rollouts, and of its staff to the cockpit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from spaces_feature import FollowTimes, Members, UserId
from spaces_feature.domain.rollout import Reason, Verdict
from tests.host.notices import user_id
from tests.host.plaza import Browser

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15"
PIXEL = "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def asked(plaza: Flask, *usernames: str) -> dict[str, Any]:
    """What is said of these members outside of any request, by user name."""
    ids = {name: UserId(str(user_id(plaza, name))) for name in usernames}
    with plaza.app_context():
        said = members_of(plaza).attributes(list(ids.values()))
        return {name: said[id_] for name, id_ in ids.items()}


def members_of(plaza: Flask) -> Members:
    """The port as Plaza filled it."""
    members = plaza.extensions["spaces"].seams.members
    assert isinstance(members, Members)
    return members


def plaza_table(name: str) -> sa.Table:
    """A table of Plaza's database."""
    from host_app.extensions import db

    return db.metadata.tables[name]


def test_followers_age_country_and_cohort(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """Each is told as it is now: one more follower counts at once, and who said no country has none."""
    before = asked(plaza, "ada", "margaret", "pam", "tim")
    assert before["margaret"]["cohort"] == ("beta",)
    assert before["pam"]["cohort"] == ("staff",)
    assert "cohort" not in before["tim"]
    assert (before["ada"]["country"], before["margaret"]["country"]) == ("GB", "US")
    assert before["ada"]["account_age_days"] > before["pam"]["account_age_days"] > 300
    browser("tim").send("/@ada/follow")
    assert asked(plaza, "ada")["ada"]["followers"] == before["ada"]["followers"] + 1
    stranger = Browser(plaza)
    stranger.open("/signup")
    assert stranger.send("/signup", name="New", username="newcomer", password="long enough").status_code == 303
    assert asked(plaza, "newcomer")["newcomer"] == {"followers": 0, "account_age_days": 0}


@pytest.mark.parametrize(
    ("headers", "platform"),
    [
        ({"User-Agent": IPHONE}, "ios"),
        ({"User-Agent": PIXEL}, "android"),
        ({"User-Agent": DESK}, "web"),
        ({"User-Agent": DESK, "Sec-CH-UA-Platform": '"Android"'}, "android"),
        ({"User-Agent": DESK, "Sec-CH-UA-Platform": '"iOS"'}, "ios"),
        ({"User-Agent": DESK, "Sec-CH-UA-Platform": '"Windows"'}, "web"),
        ({"User-Agent": ""}, "web"),
    ],
)
def test_the_platform_is_where_the_request_comes_from(plaza: Flask, headers: dict[str, str], platform: str) -> None:
    """It is known of the member who asks, and of nobody else."""
    from flask_login import login_user

    from host_app.extensions import db
    from host_app.models import User

    ada, grace = (user_id(plaza, name) for name in ("ada", "grace"))
    with plaza.test_request_context("/", headers=headers):
        login_user(db.session.get_one(User, ada))
        said = members_of(plaza).attributes([UserId(str(ada)), UserId(str(grace))])
    assert said[UserId(str(ada))]["platform"] == platform
    assert "platform" not in said[UserId(str(grace))]


def test_who_is_signed_out_has_no_platform(plaza: Flask) -> None:
    """Nor has anybody outside of a request."""
    ada = UserId(str(user_id(plaza, "ada")))
    with plaza.test_request_context("/", headers={"User-Agent": IPHONE}):
        assert "platform" not in members_of(plaza).attributes([ada])[ada]
    assert "platform" not in asked(plaza, "ada")["ada"]


def test_roles_of_the_team(plaza: Flask) -> None:
    """Pam may do everything; who is no staff has no role, and a word that is no role is none, whatever the row says."""
    from host_app.extensions import db
    from host_app.models import User

    ids = {name: UserId(str(user_id(plaza, name))) for name in ("pam", "lena", "grace")}
    with plaza.app_context():
        db.session.execute(sa.update(User).where(User.username == "grace").values(team_roles="killer"))
        lena = sa.update(User).where(User.username == "lena")
        db.session.execute(lena.values(is_staff=True, team_roles="viewer owner"))
        said = members_of(plaza).roles(list(ids.values()))
    assert said == {ids["pam"]: {"viewer", "editor", "killer"}, ids["lena"]: {"viewer"}}


def test_who_left_is_counted_and_found_no_longer(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """A deleted account leaves the count, the pages and the names, and keeps nothing that rules could ask."""
    from host_app.extensions import db
    from host_app.models import User

    theo = UserId(str(user_id(plaza, "theo")))
    seams = plaza.extensions["spaces"].seams
    key = seams.ids.member_key(theo)
    met = plaza_table("spaces_exposure")
    with plaza.app_context():
        count = members_of(plaza).count()
        assert members_of(plaza).named(["@Theo"]) == {"@Theo": theo}
    page = browser("theo")
    seams.meter.expose("spaces.clip", theo, Verdict(True, Reason.PERCENTAGE, version=1))
    with plaza.app_context():
        assert seams.meter.flush(seams)
        assert db.session.scalar(sa.select(sa.func.count()).where(met.c.member == key))
    page.send("/settings/delete", password="theo")
    with plaza.app_context():
        assert not db.session.scalar(sa.select(sa.func.count()).where(met.c.member == key))
        members = members_of(plaza)
        assert members.count() == count - 1
        assert theo not in members.page(None, 1000)
        assert members.named(["@Theo", f"~{theo}"]) == {}
        assert dict(members.attributes([theo])) == {}
        row = db.session.get_one(User, int(theo))
        assert (row.country, row.is_beta, row.team_roles) == (None, False, "")


def test_plaza_knows_since_when_somebody_follows(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """A follow of today is counted today, the seeded ones are older, and one that was taken back is none."""
    ada = UserId(str(user_id(plaza, "ada")))
    began = datetime.now(UTC)

    def gained() -> int | None:
        with plaza.app_context():
            graph = plaza.extensions["spaces"].seams.graph
            assert isinstance(graph, FollowTimes)
            return graph.gained(ada, began, datetime.now(UTC) + timedelta(minutes=1))

    assert gained() == 0
    tim = browser("tim")
    tim.send("/@ada/follow")
    assert gained() == 1
    tim.send("/@ada/unfollow")
    assert gained() == 0
