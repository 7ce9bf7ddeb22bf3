"""Our own OpenFeature provider: the rules of ``domain/rollout.py`` over what this process knows of the flag tables."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.flag_evaluation import Reason as OpenFeatureReason
from openfeature.provider import AbstractProvider, Metadata

from ..domain.ids import UserId
from ..domain.rollout import Reason, Verdict
from ..flags import BY_KEY
from ..services.flags.rollouts import Rollout

NAME = "spaces-sql"

REASONS: Mapping[Reason, OpenFeatureReason] = {
    Reason.KILLED: OpenFeatureReason.DISABLED,
    Reason.PREREQUISITE: OpenFeatureReason.TARGETING_MATCH,
    Reason.DENIED: OpenFeatureReason.TARGETING_MATCH,
    Reason.ALLOWED: OpenFeatureReason.TARGETING_MATCH,
    Reason.RULE: OpenFeatureReason.TARGETING_MATCH,
    Reason.PERCENTAGE: OpenFeatureReason.SPLIT,
    Reason.DEFAULT: OpenFeatureReason.DEFAULT,
    Reason.FALLBACK: OpenFeatureReason.STALE,
}

T = TypeVar("T")


class SpacesProvider(AbstractProvider):
    """Answers the flags of ``flags.py`` and no others. OpenFeature keeps it for ever; the app behind it may go."""

    def __init__(self, rollout: Rollout) -> None:
        super().__init__()
        self._rollout = weakref.ref(rollout)

    def get_metadata(self) -> Metadata:
        """Return the name that telemetry shows."""
        return Metadata(name=NAME)

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        """Return a release flag for the member whose id is the targeting key."""
        return self._details(flag_key, default_value, evaluation_context)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        """Return a limit for the member whose id is the targeting key."""
        return self._details(flag_key, default_value, evaluation_context)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        """There is no flag of this type."""
        return _other(flag_key, default_value)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        """There is no flag of this type."""
        return _other(flag_key, default_value)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[Any] | Mapping[str, Any],
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Sequence[Any] | Mapping[str, Any]]:
        """There is no flag of this type."""
        return _other(flag_key, default_value)

    def _details(self, key: str, default: T, context: EvaluationContext | None) -> FlagResolutionDetails[T]:
        rollout = self._rollout()
        if rollout is None:
            return FlagResolutionDetails(default, ErrorCode.PROVIDER_FATAL, "the app is gone", OpenFeatureReason.ERROR)
        if key not in BY_KEY or type(BY_KEY[key].default) is not type(default):
            return _other(key, default)
        user_id = UserId(context.targeting_key) if context and context.targeting_key else None
        verdict = rollout.verdict(key, user_id)
        value: Any = verdict.value
        return FlagResolutionDetails(
            value, reason=REASONS[verdict.reason], variant=verdict.variant, flag_metadata=_metadata(verdict)
        )


def _other(key: str, default: T) -> FlagResolutionDetails[T]:
    if key not in BY_KEY:
        return FlagResolutionDetails(default, ErrorCode.FLAG_NOT_FOUND, "no such flag", OpenFeatureReason.ERROR)
    return FlagResolutionDetails(default, ErrorCode.TYPE_MISMATCH, "of another type", OpenFeatureReason.ERROR)


def _metadata(verdict: Verdict) -> dict[str, bool | int | float | str]:
    """What else telemetry and the page that says why want to know."""
    found: dict[str, bool | int | float | str] = {"step": str(verdict.reason), "version": verdict.version}
    if verdict.rule:
        found["rule"] = verdict.rule
    if verdict.bucket is not None:
        found["bucket"] = verdict.bucket
    return found


def verdict_of(value: bool | int, metadata: Mapping[str, Any]) -> Verdict | None:
    """Return our verdict in what our provider answered; None for what another answered."""
    step = metadata.get("step")
    if step not in list(Reason):
        return None
    return Verdict(value, Reason(step), metadata.get("rule", ""), metadata.get("version", 0), metadata.get("bucket"))
