"""``flask spaces flags ...``: what the cockpit does, for whoever has the command line and no role to ask for."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from .domain.flag_words import reach_words
from .domain.rollout import COHORT, STAFF, Kill
from .errors import Refusal
from .flags import BY_KEY, FLAGS
from .services.flags import flag_desk, flag_kills
from .services.flags.flag_views import state_of
from .services.seams import Seams

flag_commands = AppGroup("flags", help="Who has which flag: list, set KEY..., kill KEY, revive KEY.")


def _seams() -> Seams:
    seams: Seams = current_app.extensions["spaces"].seams
    return seams


@flag_commands.command("list")
def list_flags() -> None:
    """List flags: key, version, and who has them."""
    seams = _seams()
    with seams.store.begin() as work:
        rows, kills = work.flag_rows(), work.killings()
    for flag in FLAGS:
        row, killing = rows.get(flag.key), kills.get(flag.key)
        words = reach_words(flag, state_of(seams, flag, row), killing.mode if killing else None)
        click.echo(f"{flag.key:26} v{row.version if row else 0:<4} {words}")


@flag_commands.command("set")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@click.option("--percent", type=click.FloatRange(0, 100), help="Of members, with up to three decimals.")
@click.option("--value", type=int, help="The number of a limit.")
@click.option("--staff", is_flag=True, help="Open it to staff of the host app, whatever the percentage.")
@click.option("--allow", multiple=True, metavar="NAME", help="Always in: an id or a user name; may be repeated.")
@click.option("--reason", default="From the command line", show_default=True, help="Kept in the history.")
def set_flag(
    keys: tuple[str, ...], percent: float | None, value: int | None, staff: bool, allow: tuple[str, ...], reason: str
) -> None:
    """Decide who has a flag, or several. What is not given stays."""
    seams = _seams()
    rule = {"id": STAFF, "when": [{"attribute": COHORT, "op": "in", "value": [STAFF]}], "value": True}
    edit = flag_desk.FlagEdit(
        percent=percent, default=value, allow=list(allow) or None, rules=[rule] if staff else None
    )
    for key in keys:
        try:
            with seams.store.begin() as work:
                row = work.flag_row(key)
            flag_desk.edit(seams, None, key, edit, row.version if row else 0, reason)
            with seams.store.begin() as work:
                row = work.flag_row(key)
        except Refusal as refusal:
            raise click.ClickException(_said(refusal)) from None
        click.echo(f"{key}: {reach_words(BY_KEY[key], state_of(seams, BY_KEY[key], row), None)}.")


@flag_commands.command("kill")
@click.argument("key")
@click.option("--end", "ends", is_flag=True, help="End what runs as well.")
@click.option("--reason", default="", help="Kept in the history; it may come later.")
def kill_flag(key: str, ends: bool, reason: str) -> None:
    """Press a kill switch: everywhere within five seconds."""
    try:
        flag_kills.kill(_seams(), None, key, Kill.END if ends else Kill.NO_NEW, reason)
    except Refusal as refusal:
        raise click.ClickException(_said(refusal)) from None
    click.echo(f"{key} is switched off{', and what runs ends' if ends else ''}.")


@flag_commands.command("revive")
@click.argument("key")
@click.option("--reason", default="", help="Kept in the history.")
def revive_flag(key: str, reason: str) -> None:
    """Release a kill switch."""
    try:
        flag_kills.revive(_seams(), None, key, reason)
    except Refusal as refusal:
        raise click.ClickException(_said(refusal)) from None
    click.echo(f"{key} follows its rules again.")


def _said(refusal: Refusal) -> str:
    return f"{refusal.sentence} {refusal.way_on}".strip()
