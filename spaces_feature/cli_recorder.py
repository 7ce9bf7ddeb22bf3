"""``flask spaces recorder``: the program that hears Spaces for those who listen from afar, or later."""

from __future__ import annotations

import inspect
import logging
import time

import click
from flask import Flask, current_app

from .services.seams import Seams


@click.command("recorder")
def recorder() -> None:
    """Broadcast, record and cut the sound of Spaces until stopped. One per machine; several share the work."""
    if not inspect.isbuiltin(time.sleep):
        # Sound cannot wait for greenlets, and the SFU's client has threads of its own.
        raise click.ClickException(
            "This app lets eventlet or gevent patch Python when it is loaded. Let only the web process do so."
        )
    try:
        from .media.recorder.worker import run
    except ModuleNotFoundError as missing:
        raise click.ClickException(f"The recorder needs {missing.name}; install spaces-feature[recorder].") from None
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("spaces_feature").setLevel(logging.INFO)
    # A lost line is a dozen lines of the SDK's; ours says it in one, and nothing of the grant is in that.
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    seams: Seams = app.extensions["spaces"].seams
    run(app, seams)
