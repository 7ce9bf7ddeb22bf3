"""Trying before ramping: why one member has a flag, and how many would at another percentage."""

from __future__ import annotations

from ...domain.flag_words import reach_words, step_words
from ...domain.ids import UserId
from ...domain.rollout import Step, Verdict
from ...domain.wire import Json
from ...errors import Invalid, NotFound
from ...flags import BY_KEY, Flag, required_by
from ..naming import asking_members, members_named
from ..seams import Seams
from ..snapshots import profile_fields
from .flag_views import known_flag, roles_of
from .member_facts import MemberFacts
from .rollouts import Rollout

LOOKED_AT = 5_000
"""Members that a trial looks at, a quarter of a second; of more it is an estimate."""
AT_ONCE = 1_000
SHOWN = 12


def why(seams: Seams, staff: UserId, key: str, who: str) -> Json:
    """Return why a member, by id or user name, has a flag or not.

    ``{"user_id", "profile", "value", "variant", "reason", "bucket", "trace": [{"step", "is_match", "words"}],
    "sentence"}``. Raises Forbidden ``staff_only``, NotFound ``no_flag`` and ``no_member``; Unavailable
    ``members_away``.
    """
    roles_of(seams, staff)
    flag = known_flag(key)
    try:
        found = members_named(seams, [who], field="user_id")
    except Invalid:
        found = frozenset()
    if not found:
        raise NotFound("no_member", "Nobody is called that.", "Say a user name, or an id.")
    (user_id,) = found
    verdict = seams.flags.decision(key, user_id)
    with asking_members():
        profile = seams.memory.profiles([user_id])[user_id]
    return {
        "user_id": user_id,
        "profile": profile_fields(profile),
        "value": verdict.value,
        "variant": verdict.variant,
        "reason": str(verdict.reason),
        "bucket": None if verdict.bucket is None else verdict.bucket / 1000,
        "trace": _trace(seams, flag, user_id, verdict),
        "sentence": _sentence(flag, profile.name, verdict),
    }


def _trace(seams: Seams, flag: Flag, user_id: UserId, verdict: Verdict) -> list[Json]:
    state = seams.book.state(flag.key)
    if not seams.flags.is_ours:
        kill = seams.flags.killed(flag.key)
        said = "on" if verdict.value is True else "off" if verdict.value is False else f"{verdict.value:,}"
        lines = [{"step": "killed", "is_match": kill is not None, "words": f"Kill switch is {'on' if kill else 'off'}"}]
        if kill is None:
            words = f"{seams.flags.provider} says {said}"
            lines.append({"step": str(verdict.reason), "is_match": True, "words": words})
        return lines
    rollout = Rollout(seams.book, seams.flags.facts)
    found: list[Step] = list(rollout.trace(flag.key, user_id))
    return [
        {"step": str(step.reason), "is_match": step.is_match, "words": step_words(step, state, verdict)}
        for step in found
    ]


def _sentence(flag: Flag, name: str, verdict: Verdict) -> str:
    if not flag.is_boolean:
        return f"{flag.name} for {name}: {verdict.value:,}."
    return f"Yes, {name} can {flag.able}." if verdict.value else f"No, {name} cannot {flag.able}."


def preview(seams: Seams, staff: UserId, key: str, percent: float, *, most: int = LOOKED_AT) -> Json:
    """Return who would have a flag at ``percent``: every rule counts, and every flag that it requires.

    ``{"percent", "members", "now", "then", "gains", "loses", "is_exact", "sample": [profile], "words"}``; ``sample``
    are some who would gain it. Of more than ``most`` members it is an estimate from so many. Raises Forbidden
    ``staff_only``, NotFound ``no_flag``, Invalid ``bad_percent`` and ``no_members`` where nobody counts members,
    Unavailable ``members_away``.
    """
    roles_of(seams, staff)
    flag = known_flag(key)
    if not flag.is_boolean or not 0 <= percent <= 100:
        raise Invalid("bad_percent", "This is no percentage for this flag.", "Say 0 to 100.", field="percent")
    if seams.members is None or not seams.flags.is_ours:
        raise Invalid("no_members", "Members cannot be counted here.", "The port Members does that.", field="percent")
    with asking_members():
        total = seams.members.count()
    seen = now = then = gains = loses = 0
    sample: list[UserId] = []
    after: UserId | None = None
    facts = MemberFacts(seams.identity, seams.members)
    seams.book.keep_up()
    asks = any(seams.book.state(one).rules for one in (key, *required_by(key)))
    while seen < most:
        with asking_members():
            page = seams.members.page(after, min(AT_ONCE, most - seen))
            known = facts.among(page) if page and asks else {}
        if not page:
            break
        after = page[-1]
        seen += len(page)
        rollout = Rollout(seams.book, known.get)
        for user_id in page:
            had = bool(rollout.verdict(key, user_id).value)
            has = bool(rollout.verdict(key, user_id, trial=percent).value)
            now, then = now + had, then + has
            gains, loses = gains + (has and not had), loses + (had and not has)
            if has and not had and len(sample) < SHOWN:
                sample.append(user_id)
    is_exact = seen >= total
    scale = 1.0 if is_exact or not seen else total / seen
    with asking_members():
        profiles = seams.memory.profiles(sample) if sample else {}
    return {
        "percent": percent,
        "members": total,
        **{
            name: round(count * scale)
            for name, count in (("now", now), ("then", then), ("gains", gains), ("loses", loses))
        },
        "is_exact": is_exact,
        "sample": [profile_fields(profiles[user_id]) for user_id in sample],
        "words": reach_words(BY_KEY[key], seams.book.state(key), None),
    }
