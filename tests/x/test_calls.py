"""The X-compatible API by hand: who may call, what is refused, what every answer carries, with whose eyes one reads."""

from __future__ import annotations

import itertools
import logging
import re
import time
from pathlib import Path

import pytest

from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.space import Space
from spaces_feature.services import attending, moderating
from spaces_feature.services.hosting import end_space
from spaces_feature.services.law import staff
from spaces_feature.services.outside import tokens
from spaces_feature.services.store import RacedError
from spaces_feature.web.x.names import SPACE_FIELDS
from tests.world import World, a_world
from tests.x.programs import PostsInMemory, Program, planned, program

ALL = ",".join(SPACE_FIELDS)
UNKNOWN = SpaceId("1DXxyRYNejbKM")
PATHS = ["/spaces/{id}", "/spaces?ids={id}", "/spaces/by/creator_ids?user_ids=1", "/spaces/search?query=small"]
PATHS += ["/spaces/{id}/tweets", "/spaces/{id}/buyers"]


REFUSED = [
    ("/spaces", "ids"),
    ("/spaces?ids=", "ids"),
    ("/spaces?ids=1abc,,2abc", "ids"),
    ("/spaces?ids=" + ",".join(f"a{number}" for number in range(101)), "ids"),
    ("/spaces?ids=12345678901234", "ids"),
    ("/spaces?ids=1abc%0A", "ids"),
    ("/spaces?ids=%D9%A1", "ids"),
    ("/spaces/not-an-id", "id"),
    ("/spaces/12345678901234", "id"),
    ("/spaces/not-an-id/tweets", "id"),
    ("/spaces/1abc?space.fields=title,secrets", "space.fields"),
    ("/spaces/1abc?space.fields=", "space.fields"),
    ("/spaces/1abc?expansions=mentioned_user_ids", "expansions"),
    ("/spaces/1abc?user.fields=password", "user.fields"),
    ("/spaces/1abc?topic.fields=color", "topic.fields"),
    ("/spaces/by/creator_ids", "user_ids"),
    ("/spaces/by/creator_ids?user_ids=ada", "user_ids"),
    ("/spaces/by/creator_ids?user_ids=12345678901234567890", "user_ids"),
    ("/spaces/by/creator_ids?user_ids=-1", "user_ids"),
    ("/spaces/search", "query"),
    ("/spaces/search?query=", "query"),
    ("/spaces/search?query=%20", "query"),
    ("/spaces/search?query=" + "a" * 2049, "query"),
    ("/spaces/search?query=small&state=ended", "state"),
    ("/spaces/search?query=small&max_results=0", "max_results"),
    ("/spaces/search?query=small&max_results=101", "max_results"),
    ("/spaces/search?query=small&max_results=ten", "max_results"),
    ("/spaces/1abc/tweets?tweet.fields=secrets", "tweet.fields"),
    ("/spaces/1abc/tweets?pagination_token=1234567890123456", "pagination_token"),
]


def test_nobody_is_refused_at_every_call(world: World) -> None:
    """Signed out and without a token, with a wrong one, or with none behind the word, it is 401 and no redirect."""
    space = world.go_live("ada")
    for path, token in itertools.product(PATHS, (None, "", "spaces_", "spaces_\u00ff", "x" * 5000)):
        answer = Program(world, token=token).get(path.format(id=space.id))
        assert (answer.status_code, answer.json["title"]) == (401, "Unauthorized")


def test_a_token_counts_before_a_cookie(world: World) -> None:
    """A program whose token was revoked is not let in by a member's session that it also has."""
    space, (made, token) = world.go_live("ada"), tokens.create_token(world.seams, "probe")
    both = Program(world, token=token, name="grace")
    assert both.get(f"/spaces/{space.id}").status_code == 200
    tokens.revoke_token(world.seams, made.id)
    assert both.get(f"/spaces/{space.id}").status_code == 401
    assert Program(world, name="grace").get(f"/spaces/{space.id}").status_code == 200


def test_a_token_opens_nothing_else(world: World) -> None:
    """It is for this API alone: everything under ``api/v1`` is 401 with it, and pages know nobody by it."""
    space, token = world.go_live("ada"), tokens.create_token(world.seams, "probe")[1]
    client, headers = world.app.test_client(), {"Authorization": f"Bearer {token}"}
    for path in ("me", f"spaces/{space.id}", "strip"):
        assert client.get(f"/spaces/api/v1/{path}", headers=headers).status_code == 401
    assert client.get("/spaces/admin/reports", headers=headers).status_code in (401, 403, 404)


def test_a_tokens_use_is_noted_and_the_token_is_nowhere(
    world: World, probe: Program, caplog: pytest.LogCaptureFixture
) -> None:
    """When it was last used is known to the minute; neither the database nor the log ever holds the token."""
    caplog.set_level(logging.DEBUG)
    token = probe.headers["Authorization"].removeprefix("Bearer ")
    assert tokens.all_tokens(world.seams)[0].last_used_at is None
    for seconds, noted in ((0, 0), (30, 0), (31, 61)):
        world.clock.advance(seconds)
        probe.get(f"/spaces/{UNKNOWN}")
        used = tokens.all_tokens(world.seams)[0].last_used_at
        assert used is not None
        assert (world.clock() - used).total_seconds() == (61 - noted if seconds == 31 else seconds)
    assert token not in repr(tokens.all_tokens(world.seams))
    assert token not in caplog.text
    world.db.session.commit()
    rows = world.db.session.execute(world.db.metadata.tables["spaces_api_token"].select()).all()
    assert token not in repr(rows)


def test_what_cannot_be_meant_is_refused_by_name(probe: Program) -> None:
    """A missing or malformed parameter is 400 with its name and a sentence."""
    for path, parameter in REFUSED:
        answer = probe.get(path)
        assert answer.status_code == 400, (path, answer.text)
        assert answer.json["type"] == "https://api.x.com/2/problems/invalid-request"
        [error] = answer.json["errors"]
        assert list(error["parameters"]) == [parameter]
        assert f"`{parameter}`" in error["message"]
        assert len(answer.text) < 2000


def test_any_words_may_be_searched_for(probe: Program) -> None:
    """Wildcards, quotes and long words are words like others."""
    for query in ("100%", "'; DROP TABLE spaces_space;--", '"unbalanced', "*", "_", "\\", "a" * 2048, "😀"):
        answer = probe.get("/spaces/search", query=query)
        assert (answer.status_code, answer.json) == (200, {"meta": {"result_count": 0}})


def test_unknown_parameters_are_ignored(world: World, probe: Program) -> None:
    """A newer client that asks for more gets what there is."""
    space = world.go_live("ada")
    assert probe.get(f"/spaces/{space.id}?backfill=5&media.fields=url").status_code == 200


def test_a_list_given_twice_is_one_list_and_an_id_given_twice_one_space(world: World, probe: Program) -> None:
    """Each Space comes once, in the order of the first mention."""
    one, other = world.go_live("ada"), world.go_live("grace")
    answer = probe.get(f"/spaces?ids={one.id},{other.id}&ids={one.id}&space.fields=title,title")
    assert [space["id"] for space in answer.json["data"]] == [one.id, other.id]


def test_times_have_milliseconds_and_say_utc(world: World, probe: Program) -> None:
    """Clients of X read no other form."""
    data = probe.get(f"/spaces/{planned(world, 'ada').id}", space_fields=ALL).json["data"]
    times = [data[field] for field in ("created_at", "updated_at", "scheduled_start")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one) for one in times)


def test_what_is_not_known_is_left_out(world: World, probe: Program) -> None:
    """A live Space has no end and no plan; an empty list and a zero are known."""
    data = probe.get(f"/spaces/{world.go_live('ada').id}", space_fields=ALL).json["data"]
    assert data.keys() == set(SPACE_FIELDS) - {"ended_at", "scheduled_start", "lang"}
    assert data["topic_ids"] == []
    assert data["subscriber_count"] == 0


def test_a_member_reads_with_their_own_eyes(world: World, probe: Program) -> None:
    """A follower sees what is for followers; a program, a stranger and somebody blocked see nothing of it."""
    ada, grace = world.user("ada"), world.user("grace")
    world.graph.follow(grace, ada)
    space = world.go_live("ada", audience="followers", title="Small software")
    for asking, sees in (("grace", True), ("ada", True), ("alan", False), (None, False)):
        reader = Program(world, name=asking) if asking else probe
        assert _finds(reader, space) == ({space.id} if sees else set())
    world.graph.block(ada, grace)
    world.clock.advance(world.seams.config.followees_ttl + 1)
    assert _finds(Program(world, name="grace"), space) == set()


def test_the_removed_and_the_barred_see_what_is_not_there(world: World) -> None:
    """For who was removed the Space does not exist here, nor does any for somebody who is suspended."""
    space = world.go_live("ada", title="Small software")
    answers = []
    for name in ("grace", "alan"):
        reader = Program(world, name=name)
        assert _finds(reader, space) == {space.id}
    world.identity.bar(world.user("alan"))
    attending.join(world.seams, world.user("grace"), space.id)
    moderating.remove(world.seams, world.user("ada"), space.id, world.user("grace"), "Talks over others")
    world.clock.advance(world.seams.config.followees_ttl + 1)
    for name in ("grace", "alan"):
        reader = Program(world, name=name)
        assert _finds(reader, space) == set()
        answers.append(reader.get(f"/spaces/{space.id}").text)
        answers.append(reader.get(f"/spaces/{UNKNOWN}").text.replace(UNKNOWN, space.id))
    assert len(set(answers)) == 1


def _finds(reader: Program, space: Space) -> set[str]:
    """By which of all ways a reader finds a Space called small: all of them, or none."""
    ways = [
        f"/spaces?ids={space.id}",
        f"/spaces/by/creator_ids?user_ids={space.creator_id}",
        "/spaces/search?query=small",
    ]
    found = [{one["id"] for one in reader.get(way).json.get("data", [])} for way in ways]
    status = reader.get(f"/spaces/{space.id}").status_code
    assert all(one == found[0] for one in found), found
    assert status == (200 if found[0] else 404)
    assert reader.get(f"/spaces/{space.id}/tweets").status_code == status
    return found[0]


def test_without_the_directory_members_search_among_whom_they_follow(tmp_path: Path, posts: PostsInMemory) -> None:
    """The flag about finding strangers' Spaces holds here as well; a program was let in to read them."""
    with a_world(tmp_path) as world:
        world.app.extensions["spaces"].background.stop()
        world.graph.follow(world.user("grace"), world.user("ada"))
        space = world.go_live("ada", title="Small software")
        query = "/spaces/search?query=small"
        for reader, count in (("grace", 1), ("ada", 1), ("alan", 0)):
            assert Program(world, name=reader).get(query).json["meta"]["result_count"] == count
        assert program(world).get(query).json["data"][0]["id"] == space.id
        assert Program(world, name="alan").get(f"/spaces/{space.id}").status_code == 200


def test_what_a_suspended_member_hosts_is_shown_to_no_program(world: World, probe: Program) -> None:
    """Until the law of the host app has ended it, nobody outside is shown it."""
    space = world.go_live("ada", title="Small software")
    world.identity.bar(world.user("ada"))
    world.clock.advance(world.seams.config.followees_ttl + 1)
    assert _finds(probe, space) == set()


def test_what_staff_froze_is_shown_to_no_program(world: World, probe: Program) -> None:
    """Nobody outside is led there while staff look into it."""
    space = world.go_live("ada", title="Small software")
    world.identity.make_staff(world.user("pam"))
    staff.act(world.seams, world.user("pam"), space.id, staff.Order(action=staff.StaffAction.FREEZE, reason="Threats"))
    assert _finds(probe, space) == set()


def test_a_plan_whose_time_went_by_is_not_there(world: World, probe: Program) -> None:
    """Before anybody has written that it is over."""
    space = planned(world, "ada", title="Small software")
    assert _finds(probe, space) == {space.id}
    world.clock.advance(24 * 3600 + world.seams.config.schedule_late + 1)
    assert _finds(probe, space) == set()


def test_a_member_who_is_gone_is_a_problem_and_not_an_object(world: World, probe: Program) -> None:
    """The ids stay; in place of the member's object the answer says that there is none."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    world.identity.delete(world.user("grace"))
    answer = probe.get(f"/spaces/{space.id}?expansions=speaker_ids,creator_id").json
    assert [user["id"] for user in answer["includes"]["users"]] == ["1"]
    [error] = answer["errors"]
    assert (error["resource_type"], error["parameter"], error["value"]) == ("user", "speaker_ids", "2")


def test_buyers_are_the_creators_to_see(world: World, probe: Program) -> None:
    """The creator sees that nobody bought; others are refused, and who may not know the Space is told of none."""
    space = world.go_live("ada")
    path = f"/spaces/{space.id}/buyers"
    answer = Program(world, name="ada").get(path)
    assert (answer.status_code, answer.json) == (200, {"meta": {"result_count": 0}})
    refused = Program(world, name="grace").get(path)
    assert (refused.status_code, refused.json["type"].rpartition("/")[2]) == (403, "not-authorized-for-resource")
    assert probe.get(path).status_code == probe.get(f"/spaces/{UNKNOWN}/buyers").status_code == 403
    world.graph.block(world.user("ada"), world.user("tim"))
    assert Program(world, name="tim").get(path).status_code == 404
    end_space(world.seams, world.user("ada"), space.id)
    assert Program(world, name="ada").get(path).status_code == 404


def test_there_is_nothing_else(world: World, probe: Program) -> None:
    """Another path, and another method, are 404 problems with headers like any answer."""
    for method, path in (("GET", "/tweets/1"), ("POST", "/spaces"), ("DELETE", f"/spaces/{UNKNOWN}")):
        answer = probe.get(path, method=method)
        assert (answer.status_code, answer.json["detail"]) == (404, "There is no such path in this API.")


def test_with_spaces_off_there_is_nothing(tmp_path: Path, posts: PostsInMemory) -> None:
    """With the flag off every call is the answer of a path that does not exist."""
    with a_world(tmp_path, SPACES_FLAGS={"spaces.enabled": False}) as world:
        world.app.extensions["spaces"].background.stop()
        for path in ("/spaces/search?query=small", f"/spaces/{UNKNOWN}"):
            assert program(world).get(path).status_code == 404


def test_the_headers_count_down(limited: World) -> None:
    """Every answer says how many calls of its kind are left and until when, refusals included."""
    reader = program(limited)
    left, resets = [], set()
    for path in (f"/spaces/{UNKNOWN}", "/spaces/not-an-id", f"/spaces/{UNKNOWN}", f"/spaces/{UNKNOWN}"):
        answer = reader.get(path)
        left.append((answer.status_code, answer.headers["x-rate-limit-remaining"]))
        resets.add(answer.headers["x-rate-limit-reset"])
        assert answer.headers["x-rate-limit-limit"] == "3"
    assert left == [(404, "2"), (400, "1"), (404, "0"), (429, "0")]
    [reset] = resets
    assert 0 < int(reset) - time.time() <= 901


def test_members_and_programs_have_allowances_of_their_own(limited: World) -> None:
    """What one caller spent is not missing to another."""
    for reader in (Program(limited, name="ada"), Program(limited, name="grace"), program(limited), program(limited)):
        assert reader.get(f"/spaces/{UNKNOWN}").headers["x-rate-limit-remaining"] == "2"


def test_by_creators_one_call_a_second(limited: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second call within a second is refused until the next one, and takes nothing of the quarter of an hour."""
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)
    reader, path, said = program(limited), "/spaces/by/creator_ids?user_ids=1", []
    for seconds in (0.0, 0.5, 0.75):
        now += seconds
        answer = reader.get(path)
        said.append((answer.status_code, *(answer.headers[f"x-rate-limit-{one}"] for one in ("limit", "remaining"))))
        assert int(answer.headers["x-rate-limit-reset"]) - now <= (2 if answer.status_code == 429 else 901)
    assert said == [(200, "3", "2"), (429, "1", "0"), (200, "3", "1")]


def test_a_bad_day_is_a_problem(world: World, probe: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails by itself is 503; a mistake of ours is 500 and stands in the log, without what was sent."""

    def fails(error: Exception) -> None:
        def call(*_: object) -> None:
            raise error

        monkeypatch.setattr("spaces_feature.services.finding.discovery.visible", call)

    space = world.go_live("ada")
    fails(RacedError())
    assert probe.get(f"/spaces/{space.id}").status_code == 503
    fails(ValueError("a mistake"))
    world.app.testing = False
    assert probe.get(f"/spaces/{space.id}").status_code == 500
