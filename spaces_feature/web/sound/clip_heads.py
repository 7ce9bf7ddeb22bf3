"""What is said of a clip that is for everybody to scrapers, search engines, and pages that embed it."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from markupsafe import escape

from ...config import Config
from ...domain.wire import Json
from ..share import app_name, picture_of

WIDTH, HEIGHT = 480, 210
"""CSS pixels of the player in other people's pages."""
CACHE_AGE = 60
"""Seconds that somebody else may keep the answer."""


def clip_head(config: Config, clip: Json) -> Json:
    """What ``_clip_head.html`` and ``clip_embed.html`` say. ``sound`` is good for as long as the clip is."""
    clip_id = clip["id"]
    url = url_for("spaces.clip", clip_id=clip_id, _external=True)
    return {
        "title": title_of(clip),
        "description": description(clip),
        "url": url,
        "sound": url_for("spaces.clip_sound", clip_id=clip_id, _external=True),
        "player": url_for("spaces.clip_embed", clip_id=clip_id, _external=True),
        "image": picture_of(clip["speakers"][0]["profile"]["avatar_url"]) if clip["speakers"] else "",
        "app_name": app_name(config),
        "oembed": url_for("spaces.oembed", url=url, format="json", _external=True),
        "width": WIDTH,
        "height": HEIGHT,
    }


def title_of(clip: Json) -> str:
    """What a clip is called; one without a title by its Space."""
    return str(clip["title"] or clip["space"]["title"])


def description(clip: Json) -> str:
    """One sentence about the clip: who is heard, for how long, and where."""
    names = [str(one["profile"]["name"]) for one in clip["speakers"]]
    who = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
    length = f"{round(clip['duration_s'])} seconds"
    return f"{who}, {length} of “{clip['space']['title']}”." if who else f"{length} of “{clip['space']['title']}”."


def described(config: Config, clip: Json, width: int, height: int) -> dict[str, Any]:
    """The answer of oEmbed, within these bounds in pixels."""
    head = clip_head(config, clip)
    # A frame without its own origin: the player there has nothing of ours to read.
    html = (
        f'<iframe src="{escape(head["player"])}" width="{width}" height="{height}" title="{escape(head["title"])}" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox" loading="lazy" '
        'referrerpolicy="no-referrer" style="border:0;max-width:100%"></iframe>'
    )
    found = {
        "version": "1.0",
        "type": "rich",
        "provider_name": head["app_name"],
        "provider_url": request.url_root,
        "title": head["title"],
        "author_name": clip["maker"]["name"],
        "url": head["url"],
        "html": html,
        "width": width,
        "height": height,
        "cache_age": CACHE_AGE,
    }
    return {**found, "thumbnail_url": head["image"]} if head["image"] else found
