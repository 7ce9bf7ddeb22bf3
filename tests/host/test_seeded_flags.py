"""The demo opens every flag but captions, in new databases and in old ones, and takes nobody's decision back."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from spaces_feature import UserId
from spaces_feature.flags import BOOLEANS, FLAGS
from spaces_feature.services.flags import flag_desk, flag_views
from spaces_feature.services.flags.flag_desk import FlagEdit
from tests.host.notices import user_id
from tests.host.plaza import Browser, make_plaza, open_plaza


def seeded_again(plaza: Flask) -> str:
    """What the command says."""
    result = plaza.test_cli_runner().invoke(args=["seed"])
    assert result.exit_code == 0, result.output
    return result.output


def test_all_but_captions_are_for_everybody(plaza: Flask) -> None:
    """For a member and for who is signed out; the limits are what they were."""
    with plaza.app_context():
        flags = plaza.extensions["spaces"].seams.flags
        for someone in (UserId(str(user_id(plaza, "tim"))), None):
            assert {key for key in BOOLEANS if not flags.is_on(key, someone)} == {"spaces.captions"}
            for flag in FLAGS:
                if not flag.is_boolean:
                    assert flags.number(flag.key, someone) == flag.default


def test_the_history_says_who_and_why(plaza: Flask) -> None:
    """A line for each flag, by no member, with words."""
    pam = UserId(str(user_id(plaza, "pam")))
    with plaza.app_context():
        page = flag_views.history(plaza.extensions["spaces"].seams, pam)["data"]
    assert {line["key"] for line in page} == set(BOOLEANS) - {"spaces.captions"}
    assert all(line["actor"] is None and line["reason"].startswith("Seeded") for line in page)
    assert all(line["version"] == 1 for line in page)


def test_a_second_time_changes_nothing(plaza: Flask) -> None:
    """What pam decided since, a flag that she forgot included, stays as she left it."""
    pam = UserId(str(user_id(plaza, "pam")))
    with plaza.app_context():
        seams = plaza.extensions["spaces"].seams
        flag_desk.edit(seams, pam, "spaces.clip", FlagEdit(percent=10), 1, "Some first")
        flag_desk.reset(seams, pam, "spaces.replay", 1, "Not yet")
        before = flag_views.flags(seams, pam)["data"]
    assert "Opened" not in seeded_again(plaza)
    with plaza.app_context():
        assert flag_views.flags(seams, pam)["data"] == before
        by_key = {row["key"]: row for row in before}
        assert by_key["spaces.clip"]["percent"] == 10
        assert by_key["spaces.replay"]["percent"] is None


def test_an_older_database_is_opened_as_well(plaza: Flask) -> None:
    """With people in it already and nothing decided, every flag is opened at the next start."""
    from host_app.extensions import db

    seams = plaza.extensions["spaces"].seams
    with plaza.app_context():
        for name in ("spaces_flag", "spaces_flag_change"):
            db.session.execute(sa.delete(db.metadata.tables[name]))
        db.session.commit()
        seams.book.forget()
        assert not seams.flags.is_on("spaces.enabled", None)
    assert f"Opened {len(BOOLEANS) - 1} flags" in seeded_again(plaza)
    with plaza.app_context():
        assert seams.flags.is_on("spaces.enabled", None)
    assert Browser(plaza).sign_in("grace").open("/spaces/").status_code == 200


def test_what_the_configuration_decides_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``SPACES_FLAGS`` in the environment shuts a flag of a new demo."""
    monkeypatch.setenv("SPACES_FLAGS", '{"spaces.guests": false}')
    plaza = make_plaza(tmp_path)
    plaza.extensions["spaces"].background.stop()
    with plaza.app_context():
        flags = plaza.extensions["spaces"].seams.flags
        assert not flags.is_on("spaces.guests", None)
        assert flags.is_on("spaces.directory", None)
    assert open_plaza(tmp_path).config["SPACES_FLAGS"] == {"spaces.guests": False}
