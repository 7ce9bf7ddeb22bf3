"""The rows behind what product managers and hosts look at, as one part of a transaction."""

from __future__ import annotations

from .flag_rows import FlagRows
from .measure_rows import MeasureRows
from .reaction_rows import ReactionRows
from .record_rows import RecordRows


class CockpitRows(FlagRows, MeasureRows, RecordRows, ReactionRows):
    """Flags and their history, measures, and the records of Spaces."""
