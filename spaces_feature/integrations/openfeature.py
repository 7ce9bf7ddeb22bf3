"""Flags through OpenFeature, on a domain of our own so that the host's default provider is never replaced.

Without ``Spaces(flag_provider=...)`` our own provider answers. Kill switches lie over whichever does. An error of the
provider gives what it last said of the same member, then what was coded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from threading import Lock
from typing import Any

from cachetools import LRUCache
from flask import has_request_context, request
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagEvaluationDetails, FlagEvaluationOptions
from openfeature.hook import Hook, get_hooks
from openfeature.provider import FeatureProvider
from openfeature.track import TrackingEventDetails
from opentelemetry.trace import get_current_span

from ..domain.ids import UserId
from ..domain.rollout import Kill, Reason, Value, Verdict
from ..services.flags.flag_book import FlagBook
from ..services.flags.rollouts import Attributes, Rollout
from .flag_provider import SpacesProvider, verdict_of
from .guarded_provider import register

DOMAIN = "spaces"
REMEMBERED = 20_000
"""Answers of a host's own provider that are kept for when it fails."""

MEMO, FACTS = "_spaces_flags", "_spaces_member_facts"

_APPS = count(1)


class OpenFeatureFlags:
    """Reads the flags of one app. Each flag is asked once per request and member; nothing here raises or logs.

    ``coded`` is every flag when nobody can be asked. ``provider`` is the host's, None for our own. ``attributes`` are
    given to a host's provider with every question; our own asks for them only where a rule does. ``evaluated`` is told
    of each flag that code reads, and not of what the cockpit shows.
    """

    def __init__(
        self,
        book: FlagBook,
        coded: Mapping[str, Value],
        attributes: Attributes,
        provider: FeatureProvider | None = None,
        hooks: list[Hook] | None = None,
        evaluated: Callable[[str], None] = lambda key: None,
    ) -> None:
        self._book = book
        self._evaluated = evaluated
        self._coded = coded
        self._attributes = attributes
        self._rollout = Rollout(book, self.facts)
        self._is_ours = provider is None
        # One domain per app: what two apps in one process decide is theirs.
        domain = f"{DOMAIN}-{next(_APPS)}"
        answering = SpacesProvider(self._rollout) if provider is None else provider
        self._client: OpenFeatureClient = register(answering, domain, is_ours=self._is_ours)
        self._hooks = FlagEvaluationOptions(hooks=hooks or [])
        self._lock = Lock()
        self._last: LRUCache[tuple[str, UserId | None], Verdict] = LRUCache(REMEMBERED)

    @property
    def provider(self) -> str:
        """The name of who answers."""
        return self._client.provider.get_metadata().name

    @property
    def is_ours(self) -> bool:
        """Whether that is our own provider, whose flags the cockpit may change."""
        return self._is_ours

    def is_on(self, key: str, user_id: UserId | None) -> bool:
        """Return a release flag for a member; None is who is signed out."""
        assert isinstance(self._coded[key], bool), f"{key} is not a boolean flag"
        self._evaluated(key)
        return bool(self.decision(key, user_id).value)

    def may_be_on(self, key: str) -> bool:
        """Return False when a release flag is off for everybody, whoever that is. Asks nobody about anybody."""
        if not self._is_ours:
            return True
        self._book.keep_up()
        self._evaluated(key)
        return self._book.killed(key) is None and self._book.state(key).may_be_on

    def number(self, key: str, user_id: UserId | None) -> int:
        """Return a limit for a member."""
        assert not isinstance(self._coded[key], bool), f"{key} is not an integer flag"
        self._evaluated(key)
        return int(self.decision(key, user_id).value)

    def decision(self, key: str, user_id: UserId | None) -> Verdict:
        """Return a flag for a member, with what decided."""
        if not has_request_context():
            return self._decided(key, user_id)
        # Of the request and not of its environ: a socket's events share that for as long as it is open.
        holder: Any = request._get_current_object()  # type: ignore[attr-defined]
        memo: dict[tuple[str, UserId | None], Verdict] | None = getattr(holder, MEMO, None)
        if memo is None:
            memo = {}
            setattr(holder, MEMO, memo)
        found = memo.get((key, user_id))
        if found is None:
            found = memo[key, user_id] = self._decided(key, user_id)
        return found

    def facts(self, user_id: UserId) -> Mapping[str, Any] | None:
        """Return what rules may ask of a member, asked of the host app once in a request; None while nobody tells."""
        if not has_request_context():
            return self._attributes(user_id)
        holder: Any = request._get_current_object()  # type: ignore[attr-defined]
        known: dict[UserId, Mapping[str, Any] | None] | None = getattr(holder, FACTS, None)
        if known is None:
            known = {}
            setattr(holder, FACTS, known)
        if user_id not in known:
            known[user_id] = self._attributes(user_id)
        return known[user_id]

    def forget(self) -> None:
        """Ask again, here and in the rest of this request: something has just been decided."""
        self._book.forget()
        if has_request_context():
            setattr(request._get_current_object(), MEMO, {})  # type: ignore[attr-defined]

    def killed(self, key: str) -> Kill | None:
        """Return the kill switch that lies over a flag, or over one that it requires."""
        self._book.keep_up()
        return self._book.killed(key)

    def track(self, name: str, user_id: UserId | None, value: float | None = None) -> None:
        """Tell the provider that something happened: what its own experiments count."""
        if not self._is_ours:
            self._client.track(name, self._context(user_id), TrackingEventDetails(value=value))

    def _decided(self, key: str, user_id: UserId | None) -> Verdict:
        self._book.keep_up()
        coded = self._coded[key]
        is_killed = isinstance(coded, bool) and self._book.killed(key) is not None
        found = self._asked(key, user_id, coded)
        # Over any provider, and over one that does not answer; asked all the same, so that telemetry tells of it.
        return Verdict(False, Reason.KILLED, version=self._book.state(key).version) if is_killed else found

    def _asked(self, key: str, user_id: UserId | None, coded: Value) -> Verdict:
        is_traced = get_current_span().is_recording()
        if self._is_ours and not (is_traced or self._client.hooks or get_hooks()):
            return self._ruled(key, user_id)
        try:
            context = self._context(user_id)
            # A third of what a reading costs: only where somebody looks at the trace.
            options = self._hooks if is_traced else None
            details: FlagEvaluationDetails[Any]
            if isinstance(coded, bool):
                details = self._client.get_boolean_details(key, coded, context, options)
            else:
                details = self._client.get_integer_details(key, coded, context, options)
        except Exception:
            return self._fallback(key, user_id)
        if details.error_code is not None:
            return self._fallback(key, user_id)
        ours = verdict_of(details.value, details.flag_metadata)
        if ours is not None:
            return ours if self._book.is_known() else Verdict(ours.value, Reason.FALLBACK)
        verdict = Verdict(details.value, Reason.PROVIDER)
        with self._lock:
            self._last[key, user_id] = verdict
        return verdict

    def _ruled(self, key: str, user_id: UserId | None) -> Verdict:
        """What our own provider would answer: while nobody looks on, the way through the SDK costs three times that."""
        try:
            verdict = self._rollout.verdict(key, user_id)
        except Exception:
            return self._fallback(key, user_id)
        return verdict if self._book.is_known() else Verdict(verdict.value, Reason.FALLBACK)

    def _fallback(self, key: str, user_id: UserId | None) -> Verdict:
        with self._lock:
            last = self._last.get((key, user_id))
        return Verdict(self._coded[key] if last is None else last.value, Reason.FALLBACK)

    def _context(self, user_id: UserId | None) -> EvaluationContext:
        attributes: dict[str, Any] = {}
        if not self._is_ours and user_id is not None:
            attributes = dict(self.facts(user_id) or {})
        return EvaluationContext(targeting_key=user_id, attributes=attributes)
