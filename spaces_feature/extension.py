"""``Spaces``: the constructor that takes the host's seams, and ``init_app``, the composition root."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from openfeature.provider import FeatureProvider

from .cli import commands
from .cli_recorder import recorder
from .config import Config, read_config
from .db.answers import AnswerTable
from .db.flag_store import SqlFlagStore
from .db.repository import Database, SqlStore
from .db.tables import Tables, build_tables
from .domain.ids import UserId
from .errors import SetupError
from .flags import FLAGS
from .integrations.flag_telemetry import FlagTelemetry
from .integrations.http_post import HttpPost
from .integrations.openfeature import OpenFeatureFlags
from .integrations.sfu_metrics import SfuMetrics
from .integrations.storage_local import LocalStorage
from .integrations.telemetry import telemetry
from .minting import Mint
from .ports import Cards, Identity, MediaServer, MediaStorage, Members, Notify, SocialGraph, StripSource
from .realtime.background import Background
from .realtime.broadcaster import SocketBroadcaster
from .realtime.messages import schemas
from .realtime.namespace import SpacesNamespace
from .realtime.socket_server import socket_problems
from .realtime.watchers import Watchers
from .services.finding import nudging
from .services.finding.index import LiveIndex
from .services.finding.page_cards import known_to
from .services.finding.searching import index_names
from .services.finding.summons import Summons
from .services.flags.flag_book import FlagBook
from .services.flags.member_facts import MemberFacts, RememberedFacts
from .services.law.forgetting import erase_user
from .services.measures.health import Health
from .services.measures.meter import Meter
from .services.memory import HostMemory
from .services.seams import Seams
from .web.blueprint import make_blueprint
from .web.cards import CardRenderer
from .web.csrf import take_over
from .web.guest import guest_of_cookie
from .web.idempotency import Answers
from .web.limits import limit_problems
from .web.sound.clip_cards import ClipRenderer
from .web.strip import StripRenderer

KEY = "spaces"
# Here and not in cli.py: what it runs lies beside the commands, not below them.
commands.add_command(recorder)


@dataclass(frozen=True, slots=True)
class AppState:
    """What one app holds in ``app.extensions["spaces"]``."""

    seams: Seams
    background: Background
    write_revisions: Callable[[Any], list[Path]]
    guest: Callable[[], UserId | None]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Spaces:
    """Live audio rooms for a host app.

    ``db`` has ``.metadata`` and ``.session`` (Flask-SQLAlchemy as it is). ``socketio`` is the host's Flask-SocketIO
    server, or None for a host without sockets, whose pages then poll. ``identity`` and ``graph`` are the host's ports;
    ``strip_source`` adds its short-lived posts to the strip, ``cards`` lets its posts be pinned, ``notify`` takes
    notices to members, ``members`` tells rollout rules who they are; each may be left out. ``flag_provider`` is the
    host's own OpenFeature provider, in place of the cockpit's flags. ``media`` replaces LiveKit, ``storage`` the folder
    in which sound is kept. ``clock`` returns the present moment in UTC. ``csp_nonce`` returns the nonce of the current
    response. Everything here is shared by all apps that this instance is initialised with.
    """

    def __init__(
        self,
        db: Database,
        socketio: Any | None,
        *,
        identity: Identity,
        graph: SocialGraph,
        strip_source: StripSource | None = None,
        cards: Cards | None = None,
        notify: Notify | None = None,
        members: Members | None = None,
        flag_provider: FeatureProvider | None = None,
        media: MediaServer | None = None,
        storage: MediaStorage | None = None,
        clock: Callable[[], datetime] | None = None,
        csp_nonce: Callable[[], str] | None = None,
    ) -> None:
        self._db = db
        self._socketio = socketio
        self._identity = identity
        self._graph = graph
        self._strip_source = strip_source
        self._cards = cards
        self._notify = notify
        self._members = members
        self._flag_provider = flag_provider
        self._media = media
        self._storage = storage
        self._clock = clock or _utc_now
        self._csp_nonce = csp_nonce
        self._watchers = Watchers()
        self._tables: Tables = build_tables(db.metadata)
        self._namespaces: set[str] = set()

    def init_app(self, app: Flask) -> None:
        """Wire the app. Raises SetupError with every problem of the set-up at once, and when called twice."""
        if KEY in app.extensions:
            raise SetupError(["This app has Spaces already; call init_app once."])
        config = _checked(app, self._identity, self._graph, self._members, self._socketio)
        connect = getattr(self._graph, "connect", None)
        if connect is not None:
            connect(self._db)
        broadcaster = SocketBroadcaster(self._socketio, config.url_prefix, self._watchers)
        seams = self._seams(app, config, broadcaster)
        background = Background(app, seams, self._socketio, secrets.token_hex(8), HttpPost())
        app.extensions[KEY] = AppState(seams, background, _write_revisions, partial(guest_of_cookie, seams))
        blueprint = make_blueprint(seams, Answers(AnswerTable(self._db, self._tables), seams.clock), schemas())
        take_over(app, blueprint)
        app.register_blueprint(blueprint)
        app.cli.add_command(commands)
        cards = CardRenderer(seams)
        app.jinja_env.globals |= {"spaces_card": cards.one, "spaces_cards": cards.many, "spaces_replays": cards.replays}
        clips = ClipRenderer(seams)
        app.jinja_env.globals |= {"spaces_clip": clips.one, "spaces_clips": clips.many}
        app.jinja_env.globals["spaces_strip"] = StripRenderer(seams, self._csp_nonce, self._socketio)
        if self._socketio is not None and not self._is_open(config.url_prefix):
            self._namespaces.add(config.url_prefix)
            self._socketio.on_namespace(SpacesNamespace(config.url_prefix, self._watchers, broadcaster))

    def recheck(self, user_ids: Collection[UserId]) -> None:
        """Look again, within a second, at members in running Spaces: the host app's life-cycle call.

        Call it, within the app's context, for everyone concerned when somebody was blocked (both), suspended, deleted
        or protected, after the commit. Without it the reconciler finds out by itself within seconds.
        """
        state: AppState = current_app.extensions[KEY]
        state.seams.summons.name([UserId(user_id) for user_id in user_ids])
        state.background.ensure()

    def strips_changed(self, user_ids: Collection[UserId]) -> None:
        """Tell these members' pages that their strips may differ: they followed, blocked or muted somebody.

        Call it, within the app's context, after the commit. Without it their strips follow within half a minute.
        """
        state: AppState = current_app.extensions[KEY]
        nudging.strips_of(state.seams, [UserId(user_id) for user_id in user_ids])

    def items_changed(self, author_id: UserId) -> None:
        """Tell followers' pages that a member posted, or took back, what ``strip_source`` shows; after the commit."""
        state: AppState = current_app.extensions[KEY]
        nudging.followers_of(state.seams, UserId(author_id))

    def renamed(self, user_id: UserId) -> None:
        """Let the search find what a member hosts by the name that they have now; after the commit.

        Call it, within the app's context, when a name or a username changed; the new name counts everywhere within
        ``SPACES_PROFILES_TTL``. Without it their live and planned Spaces are found by neither name until an edit.
        """
        state: AppState = current_app.extensions[KEY]
        index_names(state.seams, UserId(user_id))

    def visible_to(self, user_id: UserId | None, space_ids: Collection[str]) -> frozenset[str]:
        """Return those of these Spaces, in any state, that a member may know now; None is who is signed out.

        For titles that the host app remembers, as its inbox does: whom a Space is closed to since then is not told its
        title again. Ids of nothing are left out. Call it within the app's context; it commits nothing.
        """
        state: AppState = current_app.extensions[KEY]
        return known_to(state.seams, None if user_id is None else UserId(user_id), space_ids)

    def erase_user(self, user_id: UserId) -> None:
        """Delete what is measured about a member, and take them off the lists of flags: for the host app's deletion of
        an account, after the commit.

        Call it, within the app's context, when they can sign in no more. ``flask spaces erase-user`` does the same.
        """
        state: AppState = current_app.extensions[KEY]
        erase_user(state.seams, UserId(user_id))

    def _is_open(self, namespace: str) -> bool:
        """Whether the host's server has our namespace, or will have it; a server made anew for another app has none."""
        server = None if self._socketio is None else self._socketio.server
        return namespace in (self._namespaces if server is None else server.namespace_handlers)

    def _seams(self, app: Flask, config: Config, broadcaster: SocketBroadcaster) -> Seams:
        media, index = self._media or _livekit(config), LiveIndex()
        telemetry().follow(index)
        meter = Meter(self._clock, telemetry(), version("spaces-feature"), keeps_members=config.exposure_days > 0)
        store = SqlStore(self._db, self._tables)
        coded = {**{flag.key: flag.default for flag in FLAGS}, **config.flags}
        book = FlagBook(SqlFlagStore(self._db, self._tables, coded), self._clock, coded)
        facts = RememberedFacts(MemberFacts(self._identity, self._members), store.read)
        ids = Mint(app.config["SECRET_KEY"], app.config.get("SECRET_KEY_FALLBACKS") or ())
        return Seams(
            config=config,
            store=store,
            identity=self._identity,
            graph=self._graph,
            media=media,
            broadcaster=broadcaster,
            flags=OpenFeatureFlags(
                book, coded, facts.attributes, self._flag_provider, [FlagTelemetry(ids.member_key)], meter.evaluated
            ),
            book=book,
            ids=ids,
            clock=self._clock,
            index=index,
            memory=HostMemory(self._identity, self._graph, self._clock, config.followees_ttl, config.profiles_ttl),
            health=Health(media, self._clock),
            storage=self._storage or LocalStorage(config.media_dir or os.path.join(app.instance_path, "spaces-media")),
            summons=Summons(),
            app=app,
            strip_source=self._strip_source,
            cards=self._cards,
            notify=self._notify,
            members=self._members,
            meter=meter,
            sfu_load=SfuMetrics(config.livekit_metrics_url) if config.livekit_metrics_url else None,
        )


def _write_revisions(config: Any) -> list[Path]:
    # Alembic is an extra: only hosts that migrate with it have it.
    from .db.revision import write_revisions

    return write_revisions(config)


def _livekit(config: Config) -> MediaServer:
    # Here and not above: livekit-api costs 0.2 s and 28 MiB, which a host with Spaces off need not pay at import.
    from .media.livekit import LiveKit

    return LiveKit(
        config.livekit_api_url,
        config.livekit_url,
        config.livekit_api_key,
        config.livekit_api_secret,
        deadline=config.media_deadline,
        on_call=telemetry().sfu_called,
    )


def _checked(app: Flask, identity: object, graph: object, members: object, socketio: Any | None) -> Config:
    """The configuration. Raises SetupError with every problem of seams and settings."""
    problems = _missing(app, identity, graph, members)
    if socketio is not None:
        problems += socket_problems(socketio)
    try:
        config = read_config(app.config)
    except SetupError as error:
        raise SetupError([*problems, *error.problems]) from None
    try:
        storage_from_string(config.rate_limit_storage)
    except ConfigurationError as error:
        problems.append(f"SPACES_RATE_LIMIT_STORAGE cannot be used: {error}. memory:// counts in this process.")
    problems += limit_problems(config)
    if problems:
        raise SetupError(problems)
    return config


def _missing(app: Flask, identity: object, graph: object, members: object) -> list[str]:
    problems = []
    if not app.config.get("SECRET_KEY"):
        problems.append("SECRET_KEY is missing; members' identities at the SFU are keyed with it.")
    if not isinstance(identity, Identity):
        problems.append("identity= lacks a method of spaces_feature.ports.Identity.")
    if members is not None and not isinstance(members, Members):
        problems.append("members= lacks a method of spaces_feature.ports.Members.")
    if not isinstance(graph, SocialGraph):
        problems.append("graph= lacks a method of spaces_feature.ports.SocialGraph.")
    return problems
