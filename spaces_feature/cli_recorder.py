"""``flask spaces recorder``: the program that hears Spaces for those who listen from afar, or later."""

from __future__ import annotations

import inspect
import logging
import time

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from .errors import StorageDown
from .services.seams import Seams

log = logging.getLogger(__name__)


@click.command("recorder")
@with_appcontext
def recorder() -> None:
    """Broadcast, record and cut the sound of Spaces until stopped. One per machine; several share the work."""
    if not inspect.isbuiltin(time.sleep):
        # Sound cannot wait for greenlets, and the SFU's client has threads of its own.
        raise click.ClickException(
            "This app lets eventlet or gevent patch Python when it is loaded. Let only the web process do so."
        )
    try:
        from .media.recorder.worker import run
    except ImportError as missing:
        raise click.ClickException(f"The recorder needs {missing.name}; install spaces-feature[recorder].") from None
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("spaces_feature").setLevel(logging.INFO)
    # A lost line is a dozen lines of the SDK's; ours says it in one, and nothing of the grant is in that.
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    seams: Seams = app.extensions["spaces"].seams
    _require_storage(seams)
    _look_for_others(seams)
    run(app, seams)


def _require_storage(seams: Seams) -> None:
    """Refuse to tell people that they are recorded where nothing can be written."""
    key = f"check/{seams.ids.row_id()}/{seams.ids.row_id()}/probe.json"
    try:
        seams.storage.put(key, b"{}", "application/json")
        seams.storage.delete([key])
    except StorageDown as error:
        raise click.ClickException(
            f"The storage of sound takes nothing ({error.reason}). "
            "Correct SPACES_MEDIA_DIR, or what storage= names, and start the recorder again."
        ) from None


def _look_for_others(seams: Seams) -> None:
    """Say what is not there yet; the recorder waits for it."""
    try:
        with seams.store.begin() as work:
            work.captures()
    except Exception as error:
        log.warning(
            "The database does not answer, or has no tables for Spaces (%s). Start it, or run flask db upgrade.",
            type(error).__name__,
        )
    if not seams.media.is_up():
        log.warning(
            "LiveKit at %s does not answer, and is waited for. Start it, or correct SPACES_LIVEKIT_API_URL.",
            seams.config.livekit_api_url,
        )
