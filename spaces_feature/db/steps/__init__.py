"""The frozen history of our schema. A released step never changes; the host's own Alembic revisions call it."""

from __future__ import annotations

STEPS: tuple[str, ...] = ("s0001_initial", "s0002_law", "s0003_discovery", "s0004_cockpit", "s0005_sound")
"""Every step, in order."""
