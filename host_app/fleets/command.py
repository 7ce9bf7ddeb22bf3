"""``flask fleets sweep``: delete the rows and files of fleets that are over."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from . import posting

fleets_command = AppGroup("fleets", help="What members show for a day.")


@fleets_command.command("sweep")
def sweep_command() -> None:
    """Delete what is over. Nobody is shown it either way; run it every hour or so."""
    click.echo(f"Deleted {posting.sweep()} fleets that were over.")
