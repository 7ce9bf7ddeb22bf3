"""The page of one clip, for members and for who has its link; its card, its sound, and its player on other sites."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template
from markupsafe import Markup

from ...domain.ids import UserId
from ...domain.wire import Json
from ...errors import Forbidden, NotFound, Refusal
from ...services.seams import Seams
from ...services.sound.clip_views import get_clip
from ..assets import asset
from ..pages import with_head
from ..share import app_name, sign_in_url, when
from .clip_heads import clip_head
from .ears import lend_ear

CLIP = "/clips/<string(length=13):clip_id>"
EMBEDDED = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' https: data:",
        "media-src 'self'{media}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors *",
    )
)
"""The policy of the embedded player alone: it may stand in any page, and runs nothing."""


class ClipPages:
    """The pages of one app. A clip that was taken back, is over, or never was says so calmly, and alike."""

    def __init__(self, seams: Seams) -> None:
        self._seams = seams

    def add_to(self, blueprint: Blueprint) -> None:
        """Enter the pages into the URL table."""
        blueprint.add_url_rule(CLIP, "clip", self.page)
        blueprint.add_url_rule(f"{CLIP}/card", "clip_card", self.card)
        blueprint.add_url_rule(f"{CLIP}/clip.m4a", "clip_sound", self.sound)
        blueprint.add_url_rule(f"{CLIP}/embed", "clip_embed", self.embed)

    def page(self, clip_id: str) -> Response:
        """One clip as the viewer may hear it; 404 for one that is not there, or not any more."""
        seams, viewer = self._seams, self._seams.identity.current_user_id()
        current_app.extensions["spaces"].background.ensure()
        clip = self._read(viewer, clip_id)
        meta = Markup("")
        if clip is not None and viewer is None:
            head = clip_head(seams.config, clip)
            meta = Markup(render_template("spaces/_clip_head.html", head=head))  # noqa: S704 - autoescaped
        shown = {
            "clip": clip,
            "clip_id": clip_id,
            "prefix": seams.config.url_prefix,
            "me_id": viewer,
            "meta": meta,
            "app_name": app_name(seams.config),
            "sign_in_url": sign_in_url(seams.config) if viewer is None else "",
            **times(clip),
        }
        base = seams.config.base_template or "spaces/base.html"
        page = render_template("spaces/clip.html", base_template=base, shown=shown)
        return _unkept(make_response(with_head(page, meta) if meta else page, 200 if clip is not None else 404))

    def card(self, clip_id: str) -> Response:
        """The card alone, as it is now, for a page that shows it already."""
        viewer = self._seams.identity.current_user_id()
        return _unkept(make_response(card_of(self._seams, viewer, self._read(viewer, clip_id))))

    def sound(self, clip_id: str) -> Response:
        """Lead to the file, by an address that lives for minutes: for players that know one address for good."""
        viewer = self._seams.identity.current_user_id()
        clip = self._read(viewer, clip_id)
        if clip is None or not clip["url"]:
            abort(404)
        response = _unkept(make_response(redirect(clip["url"])))
        return response if viewer is None else lend_ear(self._seams, response, viewer)

    def embed(self, clip_id: str) -> Response:
        """The player of a clip that is for everybody, for a frame on any site; nobody is asked who they are."""
        clip = self._read(None, clip_id)
        if clip is None:
            abort(404)
        head = clip_head(self._seams.config, clip)
        response = _unkept(make_response(render_template("spaces/clip_embed.html", asset=asset, clip=clip, head=head)))
        media = self._seams.config.media_url
        response.headers["Content-Security-Policy"] = EMBEDDED.format(media=f" {media}" if media else "")
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _read(self, viewer: UserId | None, clip_id: str) -> Json | None:
        try:
            return get_clip(self._seams, viewer, clip_id)
        except (NotFound, Forbidden):
            return None
        except Refusal:
            abort(503)


def card_of(seams: Seams, viewer: UserId | None, clip: Json | None) -> Markup:
    """What stands inside ``<spaces-clip>`` for a viewer, None when signed out."""
    inside = render_template("spaces/_clip_card.html", clip=clip, prefix=seams.config.url_prefix, me_id=viewer)
    return Markup(inside)  # noqa: S704 - autoescaped


def times(clip: Json | None) -> Json:
    """When a clip was made and when it is over, for people to read, in UTC, which script makes theirs."""
    if clip is None:
        return {}
    moments = {"made": clip["created_at"], "until": clip["expires_at"]}
    return {name: when(datetime.fromisoformat(moment)) for name, moment in moments.items()}


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
