"""What makes thousands of apps in one process cheap: work that is the same each time is done once.

An app with its database takes 15 ms of a core so, where it takes 110 ms otherwise, and most tests make one.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

SELDOM = (50_000, 20, 20)
"""After so many new objects, and so many rounds of that, memory is searched for what nobody holds any more."""


def remember_builders() -> None:
    """Let Werkzeug compile what builds the URLs of a rule once in a process, not for each app that has the rule."""
    compiled: dict[object, Any] = {}
    compile_builder: Callable[..., Any] = Rule._compile_builder

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        # All else that it is made of.
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign]


def search_memory_seldom() -> None:
    """Leave everything that was imported out of the search for garbage, and search seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
