"""What is wrong with ``SPACES_*`` settings: types, bounds and contradictions, each said with its fix."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import Field
from ipaddress import ip_address
from urllib.parse import urlsplit

from .domain.admission import BlockScope
from .domain.recording import ClipPermission
from .flags import BY_KEY

PREFIX = "SPACES_"
PERMISSIONS = tuple(str(one) for one in ClipPermission)
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
    "media_link_life": (60, 600, "a link that was passed on is worthless within ten minutes."),
    "replay_days": (1, 365, "what was said is not kept for ever."),
    "clip_days": (1, 365, "what was said is not kept for ever."),
    "recorder_spaces": (1, 1000, "a recorder without Spaces would be none."),
    "rate_limit_factor": (0, 1000, "0 switches limits off."),
}
"""From, to and why, for numbers beyond which a promise of ours would not hold any more."""


def contradictions(values: Mapping[str, object], known: Mapping[str, Field[object]]) -> list[str]:
    """Return what is wrong with settings by their names, each a sentence; ``known`` as the dataclass declares them."""
    problems = _wrong_types(values, known)
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
    permission = str(values.get("clip_permission", PERMISSIONS[0]))
    if permission not in PERMISSIONS:
        problems.append(f"SPACES_CLIP_PERMISSION must be one of {', '.join(PERMISSIONS)}, not {permission}.")
    problems += [problem for name in ("share_links", "create_links") for problem in _link_problems(name, values)]
    problems += _out_of_bounds(values, known)
    ttl = values.get("grant_ttl", 60)
    if not isinstance(ttl, int) or not 1 <= ttl <= 60:
        problems.append("SPACES_GRANT_TTL must be 1 to 60 seconds.")
    flags = values.get("flags", {})
    if isinstance(flags, Mapping):
        problems += [problem for key, value in flags.items() if (problem := _flag_problem(key, value))]
    return problems


def _out_of_bounds(values: Mapping[str, object], known: Mapping[str, Field[object]]) -> list[str]:
    chosen = {name: values.get(name, item.default) for name, item in known.items() if name in BOUNDS}
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


def _wrong_types(values: Mapping[str, object], known: Mapping[str, Field[object]]) -> list[str]:
    problems = []
    for item in known.values():
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
