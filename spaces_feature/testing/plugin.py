"""Loaded by pytest wherever the package is installed: failing contracts then say what they compared."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "spaces_feature.testing.identity",
    "spaces_feature.testing.graph",
    "spaces_feature.testing.flags",
    "spaces_feature.testing.follow_times",
    "spaces_feature.testing.members",
    "spaces_feature.testing.media",
    "spaces_feature.testing.media_hooks",
    "spaces_feature.testing.media_keys",
    "spaces_feature.testing.media_rooms",
)
