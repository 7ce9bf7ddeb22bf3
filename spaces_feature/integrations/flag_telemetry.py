"""What flags decide, told to OpenTelemetry.

A hook on our OpenFeature client writes one ``feature_flag.evaluation`` event on the current span, in the names of
today's semantic conventions (the SDK's own ``TelemetryAttribute`` still has the former ones, so it is not used). Where
no span records it costs next to nothing. A member is their keyed hash, never their id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from openfeature.flag_evaluation import FlagEvaluationDetails, FlagValueType
from openfeature.hook import Hook, HookContext, HookHints
from opentelemetry import trace

from ..domain.ids import UserId

EVENT = "feature_flag.evaluation"
LONGEST_MESSAGE = 200
"""Characters kept of what a provider says of its own failure."""


class FlagTelemetry(Hook):
    """The hook. ``hashed`` returns the keyed hash of a member's id; ``set_id`` names this installation's set of flags.

    What is not known is left out: a provider without variants gives the value instead, a signed-out visitor has no
    ``feature_flag.context.id``. A ``contextId`` of the provider's own is not passed on, since it may be the bare id.
    """

    def __init__(self, hashed: Callable[[UserId], str], set_id: str = "spaces") -> None:
        self._hashed = hashed
        self._set_id = set_id

    def finally_after(
        self, hook_context: HookContext, details: FlagEvaluationDetails[FlagValueType], hints: HookHints
    ) -> None:
        """Write the event, where a span records."""
        span = trace.get_current_span()
        if span.is_recording():
            span.add_event(EVENT, self._attributes(hook_context, details))

    def _attributes(
        self, context: HookContext, details: FlagEvaluationDetails[FlagValueType]
    ) -> dict[str, str | int | float | bool]:
        metadata: Mapping[str, Any] = details.flag_metadata or {}
        found: dict[str, str | int | float | bool] = {
            "feature_flag.key": details.flag_key,
            "feature_flag.result.reason": str(details.reason or "unknown").lower(),
            "feature_flag.set.id": str(metadata.get("flagSetId") or self._set_id),
        }
        if details.variant:
            found["feature_flag.result.variant"] = details.variant
        elif isinstance(details.value, bool | int | float | str):
            found["feature_flag.result.value"] = details.value
        if context.provider_metadata is not None:
            found["feature_flag.provider.name"] = context.provider_metadata.name
        if metadata.get("version") not in (None, ""):
            found["feature_flag.version"] = str(metadata["version"])
        member = context.evaluation_context.targeting_key or ""
        if member:
            found["feature_flag.context.id"] = self._hashed(UserId(member))
        if details.error_code:
            found["error.type"] = str(details.error_code).lower()
            if details.error_message:
                found["feature_flag.error.message"] = self._without(member, str(details.error_message))
        return found

    def _without(self, member: str, message: str) -> str:
        """What a provider said of a failure, without the id of the member whom it failed for."""
        if member:
            message = re.sub(rf"(?<!\w){re.escape(member)}(?!\w)", self._hashed(UserId(member)), message)
        return message[:LONGEST_MESSAGE]
