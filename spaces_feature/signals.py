"""Signals for the host app (blinker). Each is sent after the commit, with the Flask app as its sender.

A receiver that raises is logged and hurts nobody; a receiver may use the host's own database session.

    from spaces_feature import signals

    @signals.audited.connect
    def on_moderation(app, entry):
        ...
"""

from __future__ import annotations

import logging
from typing import Any

from blinker import Namespace

log = logging.getLogger(__name__)

_namespace = Namespace()

audited = _namespace.signal("spaces.audited")
"""An act of moderation or a change of rights. Arguments: ``entry`` (``domain.audit.AuditEntry``)."""

reported = _namespace.signal("spaces.reported")
"""A member reported a person or a Space. Arguments: ``report`` (``domain.reports.Report``)."""


def send(signal: Any, sender: object, **arguments: object) -> None:
    """Send to each receiver apart. Never raises."""
    for receiver in signal.receivers_for(sender):
        try:
            receiver(sender, **arguments)
        except Exception:
            log.exception("a receiver of %s failed", signal.name)
