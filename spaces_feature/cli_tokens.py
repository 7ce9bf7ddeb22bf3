"""``flask spaces api-token ...`` and ``flask spaces hook ...``: what outside programs are given."""

from __future__ import annotations

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from .domain.ids import UserId
from .domain.wire import iso
from .errors import Invalid
from .services.outside import hooks, tokens
from .services.seams import Seams

api_tokens = AppGroup("api-token", help="Tokens for the read API: create NAME, list, revoke ID.")
life_hooks = AppGroup("hook", help="Addresses told of starts and ends: add URL, list, remove ID.")


def _seams() -> Seams:
    seams: Seams = current_app.extensions["spaces"].seams
    return seams


@api_tokens.command("create")
@click.argument("name")
def create_token(name: str) -> None:
    """Make a token and print it, this once, as the last line."""
    try:
        made, token = tokens.create_token(_seams(), name)
    except Invalid as error:
        raise click.ClickException(_said(error)) from None
    click.echo(f"Token {made.id} for {made.name}. It is not shown again.")
    click.echo(token)


@api_tokens.command("list")
def list_tokens() -> None:
    """List tokens: id, name, when they were made, used and revoked."""
    for token in tokens.all_tokens(_seams()):
        state = f"revoked {iso(token.revoked_at)}" if token.revoked_at else f"last used {_when(token.last_used_at)}"
        click.echo(f"{token.id}  {token.name}  made {iso(token.created_at)}  {state}")


@api_tokens.command("revoke")
@click.argument("token_id", metavar="ID")
def revoke_token(token_id: str) -> None:
    """Revoke a token, from its next request on."""
    if not tokens.revoke_token(_seams(), token_id):
        raise click.ClickException("There is no token with this id; see flask spaces api-token list.")
    click.echo(f"Revoked {token_id}.")


@life_hooks.command("add")
@click.argument("url")
@click.option("--user-id", help="Only the Spaces that this member creates.")
def add_hook(url: str, user_id: str | None) -> None:
    """Tell an address, from now on, and print the secret that signs, this once, as the last line."""
    try:
        hook = hooks.add_hook(_seams(), url, UserId(user_id) if user_id else None)
    except Invalid as error:
        raise click.ClickException(_said(error)) from None
    click.echo(f"Hook {hook.id}. Its secret is not shown again.")
    click.echo(hook.secret)


@life_hooks.command("list")
def list_hooks() -> None:
    """List hooks: id, whose Spaces, address, and whether it was disabled for saying that it is gone."""
    for hook in hooks.all_hooks(_seams()):
        state = f"  disabled {iso(hook.disabled_at)}" if hook.disabled_at else ""
        click.echo(f"{hook.id}  {hook.user_id or 'everyone'}  {hook.url}{state}")


@life_hooks.command("remove")
@click.argument("hook_id", metavar="ID")
def remove_hook(hook_id: str) -> None:
    """Remove a hook with what it has not taken yet."""
    if not hooks.remove_hook(_seams(), hook_id):
        raise click.ClickException("There is no hook with this id; see flask spaces hook list.")
    click.echo(f"Removed {hook_id}.")


def _when(moment: datetime | None) -> str:
    return iso(moment) or "never"


def _said(error: Invalid) -> str:
    return f"{error.sentence} {error.way_on}"
