"""Where a process's own numbers go at once, for whoever watches its machines: counters, durations, gauges.

The database keeps what product managers decide by; this is for operators, and nothing of ours reads it back.
"""

from __future__ import annotations

from typing import Protocol


class Instruments(Protocol):
    """Takes numbers by the names of tallies, and none that it lacks; ``integrations/telemetry.py`` fills it."""

    def count(self, name: str, n: int) -> None:
        """Add to a counter."""
        ...

    def observe(self, name: str, seconds: float) -> None:
        """Add a duration to a histogram."""
        ...

    def level(self, name: str, value: float) -> None:
        """Set a gauge."""
        ...


class NoInstruments:
    """For apps that nobody watches."""

    def count(self, name: str, n: int) -> None:
        """Do nothing."""

    def observe(self, name: str, seconds: float) -> None:
        """Do nothing."""

    def level(self, name: str, value: float) -> None:
        """Do nothing."""
