"""``flask --app host_app seed``: people, follows, posts, likes and fleets for an empty Plaza, and Spaces open to all.

Twice is once. Flags are opened in a database that was seeded before there were any as well, and one that somebody has
decided about since, or that ``SPACES_FLAGS`` names, stays as it is.
"""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from werkzeug.security import generate_password_hash

from .extensions import db
from .fleets.seeding import add_fleets
from .models import Post, User, blocks, follows, likes, now
from .people import BLOCKS, all_follows, read_people
from .seed_flags import open_flags

#: What everyone wrote during the last day: author, age in minutes, number of likes, text and replies.
POSTS_FILE = Path(__file__).parent / "posts.json"
#: The passwords are public (they are the user names), so a costly hash would protect nothing and only slow the start.
CHEAP_HASH = "scrypt:1024:8:1"


@click.command("seed")
@with_appcontext
def seed_command() -> None:
    """Fill an empty Plaza with the people of the demo, and open Spaces to everybody."""
    opened = open_flags()
    if opened:
        click.echo(f"Opened {len(opened)} flags to everybody.")
    if db.session.scalar(sa.select(sa.func.count()).select_from(User)):
        click.echo("Plaza has people already; nothing to seed.")
        return
    ids = _add_people()
    _add_follows(ids)
    db.session.execute(blocks.insert(), [{"blocker_id": ids[a], "blocked_id": ids[b]} for a, b in BLOCKS])
    count = _add_posts(ids)
    add_fleets(ids)
    db.session.commit()
    click.echo(f"Seeded {len(ids)} people and {count} conversations.")


def _add_people() -> dict[str, int]:
    start = now() - timedelta(days=400)
    users = [
        User(
            username=person.username,
            name=person.name,
            bio=person.bio,
            password_hash=generate_password_hash(person.username, method=CHEAP_HASH),
            avatar=f"faces/{person.username}.svg" if person.has_face else "",
            is_staff=person.is_staff,
            team_roles=person.team_roles,
            country=person.country,
            is_beta=person.is_beta,
            created_at=start + timedelta(days=9 * place),
        )
        for place, person in enumerate(read_people())
    ]
    # One by one, so that ids follow the list and the seven members come first.
    for user in users:
        db.session.add(user)
        db.session.flush()
    return {user.username: user.id for user in users}


def _add_follows(ids: dict[str, int]) -> None:
    """Everyone follows since whichever of the two came later."""
    since = {row.id: row.created_at for row in db.session.execute(sa.select(User.id, User.created_at))}
    pairs = [(ids[follower], ids[followed]) for follower, followed in all_follows()]
    rows = [
        {"follower_id": follower, "followed_id": followed, "created_at": max(since[follower], since[followed])}
        for follower, followed in pairs
    ]
    db.session.execute(follows.insert(), rows)


def _add_posts(ids: dict[str, int]) -> int:
    spoken = json.loads(POSTS_FILE.read_text())
    dice = random.Random(1843)
    moment = now()
    for row in sorted(spoken, key=lambda row: -row["minutes_ago"]):
        created_at = moment - timedelta(minutes=row["minutes_ago"])
        post = Post(author_id=ids[row["author"]], text=row["text"], created_at=created_at)
        db.session.add(post)
        db.session.flush()
        for reply in row["replies"]:
            created_at += (moment - created_at) / 3
            answer = {"author_id": ids[reply["author"]], "text": reply["text"], "reply_to_id": post.id}
            db.session.add(Post(**answer, created_at=created_at))
        fans = dice.sample(sorted(ids.values()), row["likes"])
        db.session.execute(likes.insert(), [{"user_id": fan, "post_id": post.id} for fan in fans])
    return len(spoken)
