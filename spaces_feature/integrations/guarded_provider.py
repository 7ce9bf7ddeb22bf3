"""Whatever a flag provider does, a page gets an answer at once, and a log gets a line a minute.

The SDK turns a provider's exception into the default and logs it with its traceback, at every evaluation; it lets a
number be answered with ``True``; and a provider that hangs holds up every page. Between the SDK and any provider stands
this one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode, OpenFeatureError
from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.hook import Hook
from openfeature.provider import AbstractProvider, FeatureProvider, Metadata, ProviderStatus
from openfeature.track import TrackingEventDetails

from ..services.breaker import Breaker

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds that the start of an app waits for a provider to be ready; it starts without one as well."""
LINE = 60.0
"""Seconds between two log lines about a provider's exceptions."""
STEP = "step"
"""What our own provider's details say of themselves."""
NUMBERS = range(2**31)
"""What a limit can be."""

T = TypeVar("T")
Ask = Callable[[str, Any, EvaluationContext | None], FlagResolutionDetails[Any]]


class GuardedProvider(AbstractProvider):
    """Asks another provider: a failure is an error of that one flag, and one that was slow is left alone for a while.

    ``client`` is of the domain that the provider is registered for, so that the SDK starts and stops it, also one that
    the host uses elsewhere. None: it needs no start, and what it costs is its own affair. ``timer`` returns seconds.
    """

    def __init__(
        self, inner: FeatureProvider, client: OpenFeatureClient | None, timer: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._inner = inner
        self._client = client
        self._timer = timer
        self._breaker = Breaker("the flag provider", timer)
        self._tracks = Breaker("track of the flag provider", timer)
        self._wrote_at = float("-inf")
        self._metadata = _metadata_of(inner)

    def get_metadata(self) -> Metadata:
        """Return the provider's own, asked once."""
        return self._metadata

    def get_provider_hooks(self) -> list[Hook]:
        """Return the provider's own."""
        return self._inner.get_provider_hooks()

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        """Return what the provider says, if it is a yes or a no."""
        return self._resolve(self._inner.resolve_boolean_details, flag_key, default_value, evaluation_context)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        """Return what the provider says, if it is a number that a limit can be."""
        return self._resolve(self._inner.resolve_integer_details, flag_key, default_value, evaluation_context)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        """Return what the provider says; Spaces has no such flag."""
        return self._resolve(self._inner.resolve_string_details, flag_key, default_value, evaluation_context)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        """Return what the provider says; Spaces has no such flag."""
        return self._resolve(self._inner.resolve_float_details, flag_key, default_value, evaluation_context)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[Any] | Mapping[str, Any],
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Sequence[Any] | Mapping[str, Any]]:
        """Return what the provider says; Spaces has no such flag."""
        return self._resolve(self._inner.resolve_object_details, flag_key, default_value, evaluation_context)

    def track(
        self,
        tracking_event_name: str,
        evaluation_context: EvaluationContext | None = None,
        tracking_event_details: TrackingEventDetails | None = None,
    ) -> None:
        """Tell the provider what somebody did. Never raises; after a failure it is told nothing for half a minute."""
        track = getattr(self._inner, "track", None)
        if track is not None:
            self._tracks.call(lambda: track(tracking_event_name, evaluation_context, tracking_event_details), None)

    def _resolve(self, ask: Ask, key: str, default: T, context: EvaluationContext | None) -> FlagResolutionDetails[T]:
        if self._client is None:
            return self._asked(ask, key, default, context)
        if self._client.get_provider_status() in (ProviderStatus.NOT_READY, ProviderStatus.FATAL):
            return _error(default, ErrorCode.PROVIDER_NOT_READY, "the provider has not started")
        if self._breaker.is_open:
            return _error(default, ErrorCode.GENERAL, "the provider was slow a moment ago")
        with self._breaker.watch():
            return self._asked(ask, key, default, context)

    def _asked(self, ask: Ask, key: str, default: T, context: EvaluationContext | None) -> FlagResolutionDetails[T]:
        try:
            details = ask(key, default, context)
            if details.error_code is None and not _fits(details.value, default):
                return _error(default, ErrorCode.TYPE_MISMATCH, f"answered with {type(details.value).__name__}")
        except OpenFeatureError as error:
            return _error(default, error.error_code, error.error_message or "")
        except Exception as error:
            self._note()
            return _error(default, ErrorCode.GENERAL, type(error).__name__)
        if self._client is not None and STEP in details.flag_metadata:
            # Only our own rules have steps; what another provider calls so would be counted as a rollout of ours.
            details = replace(details, flag_metadata={k: v for k, v in details.flag_metadata.items() if k != STEP})
        return details

    def _note(self) -> None:
        """Write why, once a minute."""
        now = self._timer()
        if now - self._wrote_at >= LINE:
            self._wrote_at = now
            log.exception("the flag provider %s failed; what it last said holds, or what is coded", self._metadata.name)


def register(
    provider: FeatureProvider,
    domain: str,
    *,
    is_ours: bool = False,
    patience: float = PATIENCE,
    timer: Callable[[], float] = time.monotonic,
) -> OpenFeatureClient:
    """Return the client that asks ``provider`` with all guards. The host's other domains are left as they are.

    A provider that is not ready after ``patience`` seconds is waited for no longer: until it is, flags are what was
    coded. Its failure to start is a log line and no exception.
    """
    if is_ours:
        api.set_provider_and_wait(GuardedProvider(provider, None, timer), domain)
        return api.get_client(domain=domain)
    inner = api.get_client(domain=f"{domain}-provider")
    api.set_provider(provider, f"{domain}-provider")
    if not _is_ready(inner, patience):
        log.warning("the flag provider %s is not ready; until then flags are as coded", _metadata_of(provider).name)
    api.set_provider_and_wait(GuardedProvider(provider, inner, timer), domain)
    return api.get_client(domain=domain)


def _is_ready(client: OpenFeatureClient, patience: float) -> bool:
    """Whether a provider has started, by now or within so many seconds; one that failed is not waited for."""
    end = time.monotonic() + patience
    while client.get_provider_status() is ProviderStatus.NOT_READY and time.monotonic() < end:
        time.sleep(0.01)
    return client.get_provider_status() in (ProviderStatus.READY, ProviderStatus.STALE)


def _metadata_of(provider: FeatureProvider) -> Metadata:
    try:
        return provider.get_metadata()
    except Exception:
        return Metadata(name=type(provider).__name__)


def _fits(value: object, default: object) -> bool:
    """Whether an answer is of the default's own type; a yes is no number, and a limit is none below 0."""
    if type(default) is int:
        return type(value) is int and value in NUMBERS
    return isinstance(value, bool) if isinstance(default, bool) else True


def _error(default: T, code: ErrorCode, message: str) -> FlagResolutionDetails[T]:
    return FlagResolutionDetails(default, code, message, Reason.ERROR)
