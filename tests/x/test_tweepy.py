"""tweepy's ``Client``, unchanged but for the address it dials, works with us as with X."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path

import pytest
import tweepy

from spaces_feature.services import attending
from spaces_feature.services.finding.discovery import refresh_index
from spaces_feature.services.hosting import end_space
from spaces_feature.services.outside import tokens
from spaces_feature.testing.media import FakeMediaServer
from spaces_feature.web.x.names import SPACE_FIELDS, USER_FIELDS
from tests.host.second_host import create_parlour
from tests.host.second_host.database import member_id
from tests.realtime.caller import Caller
from tests.world import World
from tests.x.conftest import served
from tests.x.programs import PostsInMemory, planned, tweepy_at

Client = Callable[[], tweepy.Client]
LISTS = ["host_ids", "speaker_ids", "topic_ids", "invited_user_ids", "creator_id"]


def test_a_space_by_its_id(world: World, client: Client) -> None:
    """By default a Space is its id and its state, and nothing else."""
    space = world.go_live("ada")
    found = client().get_space(space.id)
    assert found.data.data == {"id": space.id, "state": "live"}
    assert (found.includes, found.errors, found.meta) == ({}, [], {})


def test_all_fields_of_a_space(world: World, client: Client) -> None:
    """Each of X's 17 fields is read as its type by X's own client; what is not known is left out."""
    space = world.go_live("ada", topic_ids=("craft", "software"))
    attending.join(world.seams, world.user("ada"), space.id)
    world.seat(space, "grace")
    refresh_index(world.seams)  # as the pulse does each second
    data = client().get_space(space.id, space_fields=list(SPACE_FIELDS)).data
    assert data.title == "Why small software lasts"
    assert data.creator_id == 1
    assert (data.host_ids, data.speaker_ids, data.invited_user_ids) == (["1"], ["2"], [])
    assert data.topic_ids == ["craft", "software"]
    assert (data.participant_count, data.subscriber_count, data.is_ticketed) == (2, 0, False)
    assert data.created_at == data.started_at == world.clock().replace(tzinfo=UTC)
    assert data.updated_at >= data.created_at
    assert (data.scheduled_start, data.ended_at, data.lang) == (None, None, None)


def test_a_scheduled_space(world: World, client: Client) -> None:
    """It has its time, its host, and how many are reminded of it."""
    space = planned(world, "ada")
    with world.seams.store.begin() as work:
        for name in ("grace", "alan"):
            work.set_reminder(space.id, world.user(name), is_early=False, now=world.clock())
    fields = ["scheduled_start", "subscriber_count", "participant_count", "started_at", "host_ids"]
    data = client().get_space(space.id, space_fields=fields).data
    assert (data.state, data.scheduled_start) == ("scheduled", world.clock() + timedelta(days=1))
    assert (data.subscriber_count, data.participant_count, data.started_at) == (2, 0, None)
    assert data.host_ids == ["1"]


@pytest.mark.parametrize("expansion", LISTS)
def test_each_expansion_alone(world: World, client: Client, expansion: str) -> None:
    """An expansion brings the ids and the objects behind them, each once, without being asked for as a field too."""
    space = world.go_live("ada", topic_ids=("craft",))
    world.seat(space, "grace")
    found = client().get_space(space.id, expansions=expansion)
    assert found.data.data.keys() == {"id", "state", expansion}
    if expansion == "topic_ids":
        assert found.includes == {"topics": [{"id": "craft", "name": "Craft"}]}
    elif expansion == "invited_user_ids":
        assert found.includes == {}
    else:
        [user] = found.includes["users"]
        assert (user.id, user.name, user.username) in ((1, "Ada", "ada"), (2, "Grace", "grace"))


def test_all_expansions_and_fields_of_users(world: World, client: Client) -> None:
    """Whoever is host and creator is included once; of a member's fields those that the host app tells are there."""
    space = world.go_live("ada", topic_ids=("craft",))
    world.seat(space, "grace")
    found = client().get_space(space.id, expansions=LISTS, user_fields=list(USER_FIELDS))
    assert [user.id for user in found.includes["users"]] == [1, 2]
    ada = found.includes["users"][0]
    assert ada.data.keys() == {"id", "name", "username", "protected", "url"}
    assert ada.protected is False
    assert ada.url.endswith("/@ada")


def test_several_spaces_and_those_that_are_not_there(world: World, client: Client) -> None:
    """What is found comes in the order asked for; an unknown id, an ended Space and a private one are alike."""
    ended = world.go_live("ada")
    end_space(world.seams, world.user("ada"), ended.id)
    live, private = world.go_live("grace", title="Craft"), world.go_live("alan", audience="followers")
    later = planned(world, "linus")
    found = client().get_spaces(ids=[later.id, ended.id, private.id, "1abc", live.id], space_fields="title")
    assert [space.id for space in found.data] == [later.id, live.id]
    assert [error["value"] for error in found.errors] == [ended.id, private.id, "1abc"]
    first, *others = [{**error, "value": "", "resource_id": "", "detail": ""} for error in found.errors]
    assert all(other == first for other in others)
    assert found.errors[2]["detail"] == "Could not find space with ids: [1abc]."


def test_only_unknown_ids(client: Client) -> None:
    """With nothing found there is no data, and the answer is a success that says what is missing."""
    found = client().get_spaces(ids=["1DXxyRYNejbKM"])
    assert found.data is None
    assert [error["resource_id"] for error in found.errors] == ["1DXxyRYNejbKM"]


def test_spaces_by_their_creators(world: World, client: Client) -> None:
    """Live and scheduled ones, counted; who has none is no error."""
    live, later = world.go_live("ada"), planned(world, "ada")
    world.go_live("grace")
    found = client().get_spaces(user_ids=[1, 3], expansions="creator_id")
    assert {space.id for space in found.data} == {live.id, later.id}
    assert (found.meta["result_count"], found.errors) == (2, [])
    nobody = client().get_spaces(user_ids=[3])
    assert (nobody.data, nobody.meta) == (None, {"result_count": 0})


def test_search(world: World, client: Client) -> None:
    """Words of a title find live and scheduled Spaces, or one state of them, at most as many as wanted."""
    live, later = world.go_live("ada", title="Small software"), planned(world, "grace", title="Small talk")
    world.go_live("alan", title="Something else")
    world.go_live("linus", title="Small and private", audience="followers")
    for state, ids in (("all", {live.id, later.id}), ("live", {live.id}), ("scheduled", {later.id})):
        found = client().search_spaces("small", state=state, space_fields="title")
        assert {space.id for space in found.data} == ids
        assert found.meta == {"result_count": len(ids)}
    assert len(client().search_spaces("small", max_results=1).data) == 1
    assert client().search_spaces("nothing of the kind").data is None


def test_pinned_posts(world: World, client: Client, posts: PostsInMemory) -> None:
    """The posts pinned to a Space are its tweets, with their authors; without any the count says so."""
    posts.add("77", world.user("grace"), "Read this first", world.clock())
    posts.add("a-post", world.user("ada"), "And this", world.clock())
    bare, space = planned(world, "ada"), planned(world, "ada", cards=("77", "a-post"))
    found = client().get_space_tweets(space.id, expansions="author_id", tweet_fields="created_at")
    assert [(post.text, post.author_id, post.created_at) for post in found.data] == [
        ("Read this first", 2, world.clock()),
        ("And this", 1, world.clock()),
    ]
    assert found.data[0].id == 77
    assert [user.username for user in found.includes["users"]] == ["grace", "ada"]
    assert found.meta["result_count"] == 2
    posts.hidden.add("77")
    assert [post.text for post in client().get_space_tweets(space.id).data] == ["And this"]
    nothing = client().get_space_tweets(bare.id)
    assert (nothing.data, nothing.meta["result_count"]) == (None, 0)


def test_buyers_are_not_for_programs(world: World, client: Client) -> None:
    """As at X, a program's own token does not open them, whether the Space exists or not."""
    for space_id in (world.go_live("ada").id, "1DXxyRYNejbKM"):
        with pytest.raises(tweepy.Forbidden, match="not for a program's token"):
            client().get_space_buyers(space_id)


def test_what_is_not_there(world: World, client: Client) -> None:
    """An unknown Space, a private one, one of a protected account and an ended one: one answer but for the id."""
    ended = world.go_live("ada")
    end_space(world.seams, world.user("ada"), ended.id)
    world.identity.protect(world.user("grace"))
    hidden = [ended.id, world.go_live("grace").id, world.go_live("alan", audience="following").id, "1DXxyRYNejbKM"]
    said = set()
    for space_id in hidden:
        with pytest.raises(tweepy.NotFound) as caught:
            client().get_space(space_id)
        said.add(caught.value.response.text.replace(space_id, "?"))
        with pytest.raises(tweepy.NotFound, match=f"Could not find space with id: \\[{space_id}\\]"):
            client().get_space_tweets(space_id)
    assert len(said) == 1


def test_a_field_that_does_not_exist(world: World, client: Client) -> None:
    """It is refused by name, with those that do; a parameter nobody knows is ignored."""
    space = world.go_live("ada")
    with pytest.raises(tweepy.BadRequest) as caught:
        client().get_space(space.id, space_fields=["title", "secrets"])
    assert "[secrets] is not one of [created_at,creator_id," in caught.value.api_messages[0]
    assert client().get_space(space.id, topic_fields="name").data.id == space.id


def test_a_token_that_opens_nothing(world: World) -> None:
    """One that was never made, and one that was revoked, are not let in."""
    made, token = tokens.create_token(world.seams, "probe")
    with served(world.app, "/spaces") as origin:
        assert tweepy_at(origin, token).get_spaces(ids=["1abc"]).data is None
        tokens.revoke_token(world.seams, made.id)
        for wrong in (token, "spaces_0123456789"):
            with pytest.raises(tweepy.Unauthorized):
                tweepy_at(origin, wrong, "test_a_token_that_opens_nothing").get_spaces(ids=["1abc"])


def test_too_many_calls(limited: World) -> None:
    """One too many is refused with the moment from which on there are more; other calls and programs go on."""
    tokens_made = [tokens.create_token(limited.seams, name)[1] for name in ("first", "second")]
    with served(limited.app, "/spaces") as origin:
        first, second = (tweepy_at(origin, token, "test_too_many_calls") for token in tokens_made)
        for _ in range(3):
            first.search_spaces("small")
        with pytest.raises(tweepy.TooManyRequests, match="88 - Rate limit exceeded") as caught:
            first.search_spaces("small")
        assert 0 < caught.value.reset_time - time.time() <= 15 * 60 + 1
        assert caught.value.response.headers["x-rate-limit-remaining"] == "0"
        assert first.get_spaces(ids=["1abc"]).errors
        assert second.search_spaces("small").meta == {"result_count": 0}


def test_a_host_whose_ids_are_no_numbers(tmp_path: Path) -> None:
    """On a host with UUIDs members have numbers here, the same every time, and are found by them."""
    parlour = create_parlour(
        f"sqlite:///{tmp_path / 'parlour.sqlite3'}",
        FakeMediaServer(),
        SECRET_KEY="parlour keeps no secrets",
        SPACES_LIVEKIT_URL="ws://127.0.0.1:1",
        SPACES_LIVEKIT_API_KEY="key",
        SPACES_LIVEKIT_API_SECRET="a-secret-for-tests-that-is-long-enough-0",
        SPACES_RATE_LIMIT_FACTOR=0,
    )
    parlour.app.extensions["spaces"].background.stop()
    with parlour.app.app_context():
        token = tokens.create_token(parlour.app.extensions["spaces"].seams, "tweepy")[1]
    with served(parlour.app, "/rooms") as origin:
        ada = Caller(origin.removesuffix("/rooms"), "/rooms")
        ada.http.post(f"{ada.origin}/sign-in", data={"handle": "ada", "password": "ada"}, timeout=5)
        space_id = ada.call("POST", "/spaces", {"title": "Why small software lasts"}).json()["space"]["id"]
        client = tweepy_at(origin, token, "test_a_host_whose_ids_are_no_numbers")
        found = client.get_space(space_id, space_fields=list(SPACE_FIELDS), expansions=LISTS)
        [user] = found.includes["users"]
        assert (user.username, user.id) == ("ada", found.data.creator_id)
        assert found.data.host_ids == [str(user.id)]
        assert 0 < user.id < 2**63
        assert str(member_id("ada")) not in str(found)
        assert [space.id for space in client.get_spaces(user_ids=[user.id]).data] == [space_id]
        assert client.get_spaces(user_ids=[user.id + 1]).data is None
        ada.http.close()
    parlour.db.session.remove()
    parlour.db.engine.dispose()
