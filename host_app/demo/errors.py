"""Why the demo will not start, or cannot go on."""

from __future__ import annotations


class DemoError(Exception):
    """The message is one or two whole sentences for the person who started the demo."""
