"""Every ``SPACES_*`` key: its type, its default and what it does. An unknown key is an error with a suggestion."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta

from .config_checks import PREFIX, contradictions
from .errors import SetupError


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The package's configuration, read once at ``init_app``. Durations are seconds unless the name says otherwise."""

    #: Where members' browsers reach LiveKit: ``wss://...`` (``ws://`` on loopback only).
    livekit_url: str
    #: LiveKit's one API key.
    livekit_api_key: str
    #: Its secret, at least 32 characters, not Flask's ``SECRET_KEY``. Never logged, never shown.
    livekit_api_secret: str = field(repr=False)
    #: Where this server reaches LiveKit's HTTP API; by default ``livekit_url`` with ``http``.
    livekit_api_url: str = ""
    #: LiveKit's Prometheus page (``prometheus.port`` in its configuration), from where its processor use is read for
    #: the guardrail: ``http://127.0.0.1:6789/metrics``. Empty: nobody watches it, and the health page says so.
    livekit_metrics_url: str = ""
    #: Path under which every page, API route and the Socket.IO namespace live.
    url_prefix: str = "/spaces"
    #: The host's template that our pages extend; it needs a block ``content``. Empty: a plain page of ours.
    base_template: str = ""
    #: What the cockpit calls this installation, so that nobody takes it for another: ``Production``. Empty: no banner.
    environment: str = ""
    #: What members call the host app ("Back to ..."). Empty: the Flask app's own name.
    app_name: str = ""
    #: Where people sign in; ``{next}`` stands for the path that they come back to. Empty: our pages have no link there.
    sign_in_url: str = ""
    #: Life of a join grant. LiveKit adds a leeway of 60 s of its own.
    grant_ttl: int = 60
    #: Deadline of one call to the SFU.
    media_deadline: float = 2.5
    #: A stay ends this long after SFU or heartbeat last showed the member.
    stay_grace: int = 60
    #: A host who is gone this long is followed by a co-host, or the Space ends; a speaker's seat is kept as long.
    host_grace: int = 60
    #: After this long without a sign of somebody on stage everyone is told that their connection is lost.
    lost_after: float = 6.0
    #: A Space ends when nobody was on stage for this long.
    stage_grace: int = 600
    #: Whose blocks, in either direction, keep a member out: ``host``, ``hosts`` (with co-hosts) or ``any_speaker``.
    block_scope: str = "hosts"
    #: An invitation to the stage stands this long.
    invitation_life: int = 600
    #: Somebody who declined an invitation is not asked again for this long.
    invitation_pause: int = 1800
    #: A request to speak that nobody answered goes away after this long.
    request_life: int = 3600
    #: Pause between two looks at blocks, suspensions and protected accounts of those who are in a Space.
    law_interval: float = 2.0
    #: Pause between two rounds of the reconciler while something is live.
    reconcile_interval: float = 1.0
    #: Run the reconciler inside the web process. False: run ``flask spaces reconcile`` beside it.
    reconcile_in_process: bool = True
    #: How long what the host tells for display is remembered: whom a viewer follows, and blocks.
    followees_ttl: float = 5.0
    #: How long names and pictures are remembered.
    profiles_ttl: float = 30.0
    #: How many days ahead a Space may be planned.
    schedule_days: int = 30
    #: How many upcoming Spaces one host may have.
    upcoming_limit: int = 10
    #: A planned Space that has not begun this long after its time is over.
    schedule_late: int = 3600
    #: So many days after a Space's end who listened and spoke when is deleted; its numbers stay.
    history_days: int = 90
    #: How many days it is kept who met which version of a flag and how far they came, by a keyed hash of the member;
    #: 0 keeps neither.
    exposure_days: int = 90
    #: How many days counts are kept that are about nobody: joins, failures, first sound, by five minutes.
    tally_days: int = 400
    #: Clients come back after a room moved spread over this many milliseconds per 100 participants.
    rejoin_spread_ms: int = 200
    #: Multiplies every rate limit; 10 for demos, 0 switches limits off (tests).
    rate_limit_factor: float = 1.0
    #: Where rate limits are counted (a ``limits`` storage URI).
    rate_limit_storage: str = "memory://"
    #: Values of flags, by key, for hosts without a flag provider of their own.
    flags: Mapping[str, bool | int] = field(default_factory=dict)
    #: Topics members may choose, id to name.
    topics: Mapping[str, str] = field(default_factory=dict)
    #: Where else members can take a Space, words to path, ``{space_id}`` in the path standing for its id:
    #: ``{"Write about it": "/write?space={space_id}"}``. They stand in the sheet that shares.
    share_links: Mapping[str, str] = field(default_factory=dict)
    #: What else members can make, words to path: ``{"Write a post": "/write"}``. They stand where a Space is made.
    create_links: Mapping[str, str] = field(default_factory=dict)
    #: Folder in which sound is kept on this machine; empty: ``spaces-media`` in the Flask app's instance folder. A host
    #: with several machines passes ``Spaces(storage=...)`` instead.
    media_dir: str = ""
    #: Where browsers get sound from when that is a CDN's address and not this site. Its links bind nobody's browser.
    media_url: str = ""
    #: Life of a link to sound. Whoever is sent away loses it at once where nginx asks us, else when it is over.
    media_link_life: int = 600
    #: So many days after its end a recording can be replayed.
    replay_days: int = 30
    #: So many days a clip lives; one of a recording not longer than that.
    clip_days: int = 30
    #: ``announced``: who agrees on stage agrees to clips. ``asked``: everybody heard in a clip is asked for each.
    clip_permission: str = "announced"
    #: Spaces that one recorder takes at most; it takes fewer when it comes late.
    recorder_spaces: int = 16
    #: Words that no title may hold, not even written with lookalike letters; two words mean the two in a row.
    blocked_words: tuple[str, ...] = ()
    #: Members whose open reports keep a Space from being shown to people who do not follow anybody in it.
    elsewhere_reports: int = 3
    #: How often one member may do something, by the names that the HTTP API lists, instead of the defaults:
    #: ``{"start": "5 per hour"}``.
    rate_limits: Mapping[str, str] = field(default_factory=dict)
    #: One address has a member's allowance this many times: an office or a campus shares one.
    rate_limit_per_address: float = 20.0
    #: Who listens signed out, from one address: so many new guests within an hour.
    guests_per_address: int = 20
    #: Sockets that one member may have open at once in one web process; whoever has more polls.
    sockets_per_member: int = 8
    #: Sockets that one address may have open at once in one web process.
    sockets_per_address: int = 200

    @property
    def grant_life(self) -> timedelta:
        """The life of a join grant."""
        return timedelta(seconds=self.grant_ttl)


def read_config(settings: Mapping[str, object]) -> Config:
    """Return the configuration in ``settings`` (a Flask config). Raises SetupError naming every problem at once."""
    known = {PREFIX + item.name.upper(): item for item in fields(Config)}
    given = {key: value for key, value in settings.items() if key.startswith(PREFIX)}
    problems: list[str] = []
    for key in sorted(given.keys() - known.keys()):
        close = difflib.get_close_matches(key, known, n=1)
        problems.append(f"{key} is not a setting" + (f"; did you mean {close[0]}?" if close else "."))
    for key, example in (
        ("SPACES_LIVEKIT_URL", "wss://sfu.example.com"),
        ("SPACES_LIVEKIT_API_KEY", "the key in livekit.yaml"),
        ("SPACES_LIVEKIT_API_SECRET", "its secret"),
    ):
        if not given.get(key):
            problems.append(f"{key} is missing; set it to {example}.")
    if given.get("SPACES_LIVEKIT_API_SECRET") and given["SPACES_LIVEKIT_API_SECRET"] == settings.get("SECRET_KEY"):
        problems.append("SPACES_LIVEKIT_API_SECRET is Flask's SECRET_KEY; give LiveKit a secret of its own.")
    values = {known[key].name: value for key, value in given.items() if key in known}
    problems += contradictions(values, {item.name: item for item in fields(Config)})
    if problems:
        raise SetupError(problems)
    if not values.get("livekit_api_url"):
        values["livekit_api_url"] = str(values["livekit_url"]).replace("ws", "http", 1)
    return Config(**values)  # type: ignore[arg-type]
