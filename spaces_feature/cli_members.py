"""``flask spaces erase-user``: what is measured about one member goes when they go."""

from __future__ import annotations

import click
from flask import current_app

from .domain.ids import UserId, is_plain_id
from .services.law.forgetting import erase_user as erase


@click.command("erase-user")
@click.argument("user_id", metavar="ID")
def erase_user(user_id: str) -> None:
    """Delete what is measured about a member, and take them off the lists of flags."""
    if not is_plain_id(user_id):
        raise click.ClickException("This is no id: one has 1 to 64 characters, all of which can be printed.")
    erased = erase(current_app.extensions["spaces"].seams, UserId(user_id))
    click.echo(f"Deleted {erased.exposures} exposures and {erased.milestones} milestones of member {user_id}.")
