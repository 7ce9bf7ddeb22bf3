"""Flags through OpenFeature, on a domain of our own so that the host's default provider is never replaced.

A host sets its provider with ``openfeature.api.set_provider(provider, domain="spaces")`` before ``init_app``; without
one, ``SPACES_FLAGS`` and the defaults of ``flags.py`` answer. An error of the provider gives the default.
"""

from __future__ import annotations

from collections.abc import Mapping

from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext

from ..domain.ids import UserId
from ..flags import BY_KEY

DOMAIN = "spaces"


class OpenFeatureFlags:
    """Reads the flags of one app. ``values`` is ``SPACES_FLAGS``; it wins over defaults, a provider wins over both."""

    def __init__(self, values: Mapping[str, bool | int]) -> None:
        self._values = {key: values.get(key, flag.default) for key, flag in BY_KEY.items()}
        self._client: OpenFeatureClient = api.get_client(domain=DOMAIN)

    def is_on(self, key: str, user_id: UserId | None) -> bool:
        """Return a boolean flag for a member."""
        value = self._values[key]
        assert isinstance(value, bool), f"{key} is not a boolean flag"
        return self._client.get_boolean_value(key, value, _context(user_id))

    def number(self, key: str, user_id: UserId | None) -> int:
        """Return an integer flag for a member."""
        value = self._values[key]
        assert not isinstance(value, bool), f"{key} is not an integer flag"
        return self._client.get_integer_value(key, value, _context(user_id))


def _context(user_id: UserId | None) -> EvaluationContext:
    return EvaluationContext(targeting_key=user_id or "", attributes={})
