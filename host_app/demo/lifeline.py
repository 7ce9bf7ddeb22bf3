"""Ties a process to the one that started it, so that nothing of the demo outlives it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded ahead of time: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(with_signal: signal.Signals) -> None:
    """Asks Linux to send ``with_signal`` to this process once its parent has ended. Elsewhere nothing happens."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(with_signal))


def child_lifeline() -> Callable[[], None]:
    """What a child runs between fork and exec, so that it is killed when this process ends in whatever way."""
    parent = os.getpid()

    def hold_on() -> None:
        end_with_parent(signal.SIGKILL)
        # The parent may have ended before the kernel was asked.
        if os.getppid() != parent:
            os._exit(1)

    return hold_on
