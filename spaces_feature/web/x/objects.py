"""X's objects made of ours: Space, User, Topic, Post, and the envelope around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urljoin

from flask import request

from ...domain.ids import UserId
from ...domain.space import Space
from ...domain.wire import Json, iso, space_fields
from ...ports import Card, Profile
from ...services.outside import x_reading
from ...services.outside.numbers import number_of
from ...services.seams import Seams
from .names import PEOPLE
from .parameters import Selection
from .problems import not_found

ALWAYS = ("id", "state")


def spaces_answer(seams: Seams, spaces: Sequence[Space], selection: Selection, problems: Iterable[Json] = ()) -> Json:
    """Return the envelope of a list of Spaces; what would be empty in it is left out."""
    fields = {*ALWAYS, *selection.space_fields, *selection.expansions}
    waiting = x_reading.waiting(seams, spaces) if "subscriber_count" in fields else {}
    data = [_space(seams, space, fields, waiting.get(space.id, 0)) for space in spaces]
    includes, missing = _includes(seams, spaces, selection)
    return filled({"data": data, "includes": includes, "errors": [*problems, *missing]})


def posts_answer(seams: Seams, cards: Sequence[Card], selection: Selection) -> Json:
    """Return the envelope of the posts pinned to a Space."""
    data = [_post(seams, card, selection.tweet_fields) for card in cards]
    authors = {card.author_id: "author_id" for card in cards} if "author_id" in selection.expansions else {}
    users, missing = _users(seams, authors, selection)
    includes = filled({"users": users})
    return {**filled({"data": data, "includes": includes, "errors": missing}), "meta": {"result_count": len(data)}}


def filled(given: Mapping[str, object]) -> Json:
    """What is not empty."""
    return {key: value for key, value in given.items() if value not in (None, "", [], {})}


def _space(seams: Seams, space: Space, fields: Iterable[str], waiting: int) -> Json:
    """One Space. What is not known of it (no language, not ended) is left out; an empty list and a zero are known."""
    known = space_fields(space)
    known["participant_count"] = x_reading.present(seams, space)
    known["subscriber_count"] = waiting
    for field in PEOPLE:
        known[field] = _numbers(seams, known[field])
    asked = {field: known[field] for field in (*ALWAYS, *sorted(set(fields).difference(ALWAYS)))}
    return {field: value for field, value in asked.items() if value not in (None, "")}


def _numbers(seams: Seams, ids: str | list[str]) -> str | list[str]:
    if isinstance(ids, str):
        return number_of(seams, "user", ids)
    return [number_of(seams, "user", one) for one in ids]


def _includes(seams: Seams, spaces: Sequence[Space], selection: Selection) -> tuple[Json, list[Json]]:
    """The objects that the expansions name, each once, and a problem for each member who is gone."""
    named: dict[UserId, str] = {}
    for field in (one for one in selection.expansions if one in PEOPLE):
        for space in spaces:
            value = space_fields(space)[field]
            for user_id in [value] if isinstance(value, str) else value:
                named.setdefault(UserId(user_id), field)
    users, missing = _users(seams, named, selection)
    topics = _topics(seams, spaces) if "topic_ids" in selection.expansions else []
    return filled({"users": users, "topics": topics}), missing


def _topics(seams: Seams, spaces: Iterable[Space]) -> list[Json]:
    """Topics have an id and a name here, whatever is asked for: X's own schema requires both, and we know no more."""
    ids = dict.fromkeys(topic for space in spaces for topic in space.topic_ids)
    return [{"id": one, "name": seams.config.topics.get(one, one)} for one in ids]


def _users(seams: Seams, named: Mapping[UserId, str], selection: Selection) -> tuple[list[Json], list[Json]]:
    """Members by who named them, and a problem for each whom the host app has no more."""
    profiles = x_reading.people(seams, list(named))
    closed = x_reading.protected(seams, profiles) if "protected" in selection.user_fields else frozenset()
    users = [_user(seams, profiles[one], one in closed, selection) for one in named if one in profiles]
    gone = [
        not_found("user", field, number_of(seams, "user", one)) for one, field in named.items() if one not in profiles
    ]
    return users, gone


def _user(seams: Seams, profile: Profile, is_protected: bool, selection: Selection) -> Json:
    more = {
        "profile_image_url": _absolute(profile.avatar_url),
        "protected": is_protected,
        "url": _absolute(profile.url),
    }
    asked = {field: value for field, value in more.items() if field in selection.user_fields and value != ""}
    user_id = number_of(seams, "user", profile.user_id)
    return {"id": user_id, "name": profile.name, "username": profile.username, **asked}


def _absolute(url: str) -> str:
    """An address of the host app's as programs elsewhere need it."""
    return urljoin(request.host_url, url) if url else ""


def _post(seams: Seams, card: Card, fields: frozenset[str]) -> Json:
    """One pinned post, with its author always: nobody else's words are told without whose they are."""
    number = number_of(seams, "post", card.id)
    post = {
        "id": number,
        "text": card.text,
        "author_id": number_of(seams, "user", card.author_id),
        "edit_history_tweet_ids": [number],
    }
    return {**post, "created_at": iso(card.at)} if "created_at" in fields else post
