"""Every ``SPACES_*`` key: its type, its default and what it does. An unknown key is an error with a suggestion."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from .domain.admission import BlockScope
from .errors import SetupError
from .flags import BY_KEY

PREFIX = "SPACES_"
SCOPES = tuple(str(scope) for scope in BlockScope)
A_DAY = 86_400
BOUNDS: Mapping[str, tuple[float, float, str]] = {
    "media_deadline": (0.1, 10, "members wait for these calls."),
    "stay_grace": (30, A_DAY, "clients say every 20 seconds that they are there."),
    "host_grace": (5, A_DAY, "somebody whose connection drops needs time to come back."),
    "lost_after": (5, A_DAY, "sockets are looked at every 4 seconds, by the beat of a second."),
    "stage_grace": (30, A_DAY, "clients say every 20 seconds that they are there."),
    "invitation_life": (1, A_DAY, "nobody could answer in no time."),
    "invitation_pause": (0, A_DAY, "0 lets hosts ask again at once."),
    "request_life": (1, A_DAY, "nobody could answer in no time."),
    "law_interval": (0.1, 3, "a block or a suspension counts within five seconds, the reconciler's pause included."),
    "reconcile_interval": (0.1, 2, "a block or a suspension counts within five seconds, the law's pause included."),
    "followees_ttl": (0, 60, "what is shown follows the host app within a minute."),
    "profiles_ttl": (0, 60, "what is shown follows the host app within a minute."),
    "schedule_days": (1, 365, "who is told of something in years has forgotten it."),
    "upcoming_limit": (1, 1000, "somebody who may plan Spaces may plan one."),
    "schedule_late": (60, A_DAY, "hosts are not always on time."),
    "elsewhere_reports": (1, 1000, "with none nothing would be shown at all."),
    "rejoin_spread_ms": (0, 10_000, "0 lets all come back at once."),
    "history_days": (1, 3650, "yesterday's Space can be looked at closely, and nobody's listening is kept for ever."),
    "exposure_days": (0, 730, "nobody is measured for ever; 0 keeps nothing about anybody."),
    "tally_days": (1, 3650, "the health of today is shown beside yesterday's."),
    "rate_limit_factor": (0, 1000, "0 switches limits off."),
}
"""From, to and why, for numbers beyond which a promise of ours would not hold any more."""


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
    problems += _contradictions(values)
    if problems:
        raise SetupError(problems)
    if not values.get("livekit_api_url"):
        values["livekit_api_url"] = str(values["livekit_url"]).replace("ws", "http", 1)
    return Config(**values)  # type: ignore[arg-type]


def _contradictions(values: Mapping[str, object]) -> list[str]:
    problems = _wrong_types(values)
    if problems:
        return problems
    url = str(values.get("livekit_url", ""))
    if url and not url.startswith(("ws://", "wss://")):
        problems.append("SPACES_LIVEKIT_URL must start with wss:// (or ws:// on loopback).")
    if url.startswith("ws://") and not _is_loopback(url):
        problems.append("SPACES_LIVEKIT_URL is ws:// to another machine: anyone on the way could listen. Use wss://.")
    metrics = str(values.get("livekit_metrics_url", ""))
    if metrics and not metrics.startswith(("http://", "https://")):
        problems.append("SPACES_LIVEKIT_METRICS_URL must start with http:// or https://.")
    secret = str(values.get("livekit_api_secret", ""))
    if secret and len(secret) < 32:
        problems.append("SPACES_LIVEKIT_API_SECRET is shorter than 32 characters; LiveKit itself warns about that.")
    prefix = str(values.get("url_prefix", "/spaces"))
    if not prefix.startswith("/") or prefix.endswith("/"):
        problems.append("SPACES_URL_PREFIX must start with a slash and not end with one.")
    words = values.get("blocked_words", ())
    if isinstance(words, tuple | list) and not all(isinstance(word, str) for word in words):
        problems.append("SPACES_BLOCKED_WORDS must hold words only, each a string.")
    scope = str(values.get("block_scope", "hosts"))
    if scope not in SCOPES:
        problems.append(f"SPACES_BLOCK_SCOPE must be one of {', '.join(SCOPES)}, not {scope}.")
    problems += [problem for name in ("share_links", "create_links") for problem in _link_problems(name, values)]
    problems += _out_of_bounds(values)
    ttl = values.get("grant_ttl", 60)
    if not isinstance(ttl, int) or not 1 <= ttl <= 60:
        problems.append("SPACES_GRANT_TTL must be 1 to 60 seconds.")
    flags = values.get("flags", {})
    if isinstance(flags, Mapping):
        problems += [problem for key, value in flags.items() if (problem := _flag_problem(key, value))]
    return problems


def _out_of_bounds(values: Mapping[str, object]) -> list[str]:
    chosen = {item.name: values.get(item.name, item.default) for item in fields(Config) if item.name in BOUNDS}
    numbers = {name: value for name, value in chosen.items() if isinstance(value, int | float)}
    problems = [
        f"{PREFIX}{name.upper()} must be {BOUNDS[name][0]:g} to {BOUNDS[name][1]:g}: {BOUNDS[name][2]}"
        for name, value in numbers.items()
        if not BOUNDS[name][0] <= value <= BOUNDS[name][1]
    ]
    if not problems and numbers["lost_after"] > numbers["host_grace"]:
        problems.append("SPACES_LOST_AFTER must be at most SPACES_HOST_GRACE: who is gone by then was never lost.")
    return problems


TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "tuple[str, ...]": (tuple, list),
}


def _wrong_types(values: Mapping[str, object]) -> list[str]:
    problems = []
    for item in fields(Config):
        kind = str(item.type)
        value = values.get(item.name)
        # True is an int to Python, but never meant as one here.
        is_stray_bool = isinstance(value, bool) and kind != "bool"
        if value is not None and (is_stray_bool or not isinstance(value, TYPES.get(kind, (Mapping,)))):
            wanted = kind if kind in TYPES else "mapping"
            problems.append(f"{PREFIX}{item.name.upper()} must be of type {wanted}, not {type(value).__name__}.")
    return problems


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _link_problems(name: str, values: Mapping[str, object]) -> list[str]:
    links = values.get(name)
    if not isinstance(links, Mapping):
        return []
    # Whatever a browser takes for another site's address or for script is no path.
    unfit = [
        words
        for words, path in links.items()
        if not (isinstance(words, str) and words.strip() and isinstance(path, str) and _is_path(path))
    ]
    return [f"{PREFIX}{name.upper()} must map words to paths of this site; {words!r} does not." for words in unfit]


def _is_path(url: str) -> bool:
    return url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable()


def _flag_problem(key: str, value: object) -> str:
    if key not in BY_KEY:
        close = difflib.get_close_matches(str(key), BY_KEY, n=1)
        return f"SPACES_FLAGS names an unknown flag {key}" + (f"; did you mean {close[0]}?" if close else ".")
    wanted = type(BY_KEY[key].default)
    if type(value) is not wanted:
        return f"SPACES_FLAGS gives {key} a value of type {type(value).__name__}; it must be {wanted.__name__}."
    return ""
