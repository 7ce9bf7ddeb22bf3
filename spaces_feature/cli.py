"""``flask spaces ...``: the commands of an operator."""

from __future__ import annotations

import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from .services.reconciling import Reconciler
from .services.seams import Seams

commands = AppGroup("spaces", help="Live audio rooms.")


def _seams() -> Seams:
    seams: Seams = current_app.extensions["spaces"].seams
    return seams


@commands.command("revision")
def revision() -> None:
    """Write the missing schema steps as revisions into this app's own Alembic chain."""
    migrate = current_app.extensions.get("migrate")
    if migrate is None:
        raise click.ClickException("Flask-Migrate is not set up; call migrate.init_app(app, db) first.")
    written = current_app.extensions["spaces"].write_revisions(migrate.migrate.get_config(migrate.directory))
    for path in written:
        click.echo(f"wrote {Path(path).name}")
    click.echo("Run flask db upgrade." if written else "Nothing to write: the chain has every step.")


@commands.command("reconcile")
@click.option("--once", is_flag=True, help="One round instead of running until stopped.")
def reconcile(once: bool) -> None:
    """Run the reconciler apart from the web processes (set SPACES_RECONCILE_IN_PROCESS to False there)."""
    seams = _seams()
    reconciler = Reconciler(seams, f"cli-{seams.ids.row_id()}")
    while True:
        is_up = reconciler.round()
        if once:
            click.echo("The SFU answered." if is_up else "The SFU does not answer.")
            return
        time.sleep(seams.config.reconcile_interval if is_up else 0.2)


@commands.command("check")
def check() -> None:
    """Print each seam as OK or missing, with its fix. Exits with 1 when something is missing."""
    seams = _seams()
    fine = True

    def tell(is_fine: bool, what: str, fix: str) -> None:
        nonlocal fine
        fine = fine and is_fine
        click.echo(f"{'OK     ' if is_fine else 'MISSING'} {what}" + ("" if is_fine else f": {fix}"))

    tell(
        seams.media.is_up(), f"LiveKit at {seams.config.livekit_api_url}", "start it, or correct SPACES_LIVEKIT_API_URL"
    )
    room = seams.ids.room(seams.ids.space_id())
    tell(*_round_trip(seams, room))
    try:
        with seams.store.begin() as work:
            work.live_stamp()
    except Exception as error:
        tell(False, "tables", f"run flask spaces revision && flask db upgrade ({type(error).__name__})")
    else:
        tell(True, "tables", "")
    if not fine:
        raise SystemExit(1)


def _round_trip(seams: Seams, room: str) -> tuple[bool, str, str]:
    from .domain.ids import RoomName
    from .errors import MediaError

    name = RoomName(room)
    try:
        seams.media.create_room(name)
        made = name in seams.media.rooms()
        seams.media.delete_room(name)
    except MediaError as error:
        return False, "LiveKit key and secret", f"the SFU answered {error.code}; compare SPACES_LIVEKIT_API_KEY"
    return made, "LiveKit key and secret", "the room that was made is not listed"
