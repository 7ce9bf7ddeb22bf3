"""``flask spaces media-secret``: what nginx needs to look at links to sound itself."""

from __future__ import annotations

import click
from flask import current_app


@click.command("media-secret")
def media_secret() -> None:
    """Print what links to sound are signed with, for nginx's configuration. It changes with SECRET_KEY."""
    click.echo(current_app.extensions["spaces"].seams.ids.media_secret())
