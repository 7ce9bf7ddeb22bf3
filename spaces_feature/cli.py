"""``flask spaces ...``: the commands of an operator."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from .cli_flags import flag_commands
from .cli_media import media_secret
from .cli_members import erase_user
from .cli_tokens import api_tokens, life_hooks
from .domain.flag_words import NOBODY, reach_words
from .domain.ids import RoomName
from .errors import MediaError, StorageDown
from .flags import BY_KEY
from .services.planning.notifying import do_what_is_due
from .services.reconciling import Reconciler
from .services.seams import Seams
from .services.sound.capturing import MISSED

commands = AppGroup("spaces", help="Live audio rooms.")
commands.add_command(api_tokens)
commands.add_command(life_hooks)
commands.add_command(erase_user)
commands.add_command(flag_commands)
commands.add_command(media_secret)


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
    """Run the reconciler, and what is due, apart from the web processes.

    Set SPACES_RECONCILE_IN_PROCESS to False there. What is due (reminders, notices) web processes do as well.
    """
    seams = _seams()
    reconciler = Reconciler(seams, f"cli-{seams.ids.row_id()}")
    while True:
        is_up = reconciler.round()
        do_what_is_due(seams)
        if once:
            answered = "The SFU answered." if is_up else "The SFU does not answer."
            click.echo(answered if reconciler.has_lease else "Another process reconciles; nothing was done here.")
            return
        time.sleep(seams.config.reconcile_interval if is_up else 0.2)


ENABLED = BY_KEY["spaces.enabled"]
WEBHOOK_LIMIT = 8.0
"""Seconds to wait for the webhook of a room that the check itself made."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One seam: what it is, whether it is there, and how to mend it."""

    what: str
    is_fine: bool
    fix: str = ""


@commands.command("check")
def check() -> None:
    """Print each seam as OK or missing, with its fix. Exits with 1 when something is missing."""
    is_fine = True
    for finding in _findings(_seams()):
        is_fine = is_fine and finding.is_fine
        verdict, fix = ("OK     ", "") if finding.is_fine else ("MISSING", f": {finding.fix}")
        click.echo(f"{verdict} {finding.what}{fix}")
    if not is_fine:
        raise SystemExit(1)


def _findings(seams: Seams) -> Iterator[Finding]:
    has_tables = True
    try:
        with seams.store.begin() as work:
            work.live_stamp()
    except Exception as error:
        has_tables = False
        fix = f"run flask spaces revision && flask db upgrade ({type(error).__name__})"
        yield Finding("tables", False, fix)
    else:
        yield Finding("tables", True)
    book = seams.book
    book.refresh()
    is_open = not seams.flags.is_ours or reach_words(ENABLED, book.state(ENABLED.key), None) != NOBODY
    yield Finding("flags", is_open, f"Spaces are open to nobody; run flask spaces flags set {ENABLED.key} --staff")
    url = seams.config.livekit_api_url
    yield Finding(f"LiveKit at {url}", seams.media.is_up(), "start it, or correct SPACES_LIVEKIT_API_URL")
    room = seams.ids.room(seams.ids.space_id())
    try:
        seams.media.create_room(room)
        yield Finding("LiveKit key and secret", room in seams.media.rooms(), "the room that was made is not listed")
        told = has_tables and _is_told(seams, room)
        path = f"{seams.config.url_prefix}/webhooks/livekit"
        yield Finding("webhook", told, f"start the web process and let webhook.urls in livekit.yaml name its {path}")
        seams.media.delete_room(room)
    except MediaError as error:
        fix = f"the SFU answered {error.code}; compare SPACES_LIVEKIT_API_KEY and its secret with livekit.yaml"
        yield Finding("LiveKit key and secret", False, fix)
    yield from _sound(seams, has_tables=has_tables)


def _sound(seams: Seams, *, has_tables: bool) -> Iterator[Finding]:
    """Where sound is kept, and who makes it."""
    key = f"check/{seams.ids.row_id()}/{seams.ids.row_id()}/probe.json"
    try:
        seams.storage.put(key, b"{}", "application/json")
        is_there = seams.storage.get(key) == b"{}"
        seams.storage.delete([key])
        yield Finding("storage of sound", is_there and seams.storage.get(key) is None, "what was written is not there")
    except StorageDown as error:
        yield Finding("storage of sound", False, f"{error.reason}; correct SPACES_MEDIA_DIR, or what storage= names")
    if has_tables:
        with seams.store.begin() as work:
            waits = [one for one in work.captures() if seams.clock() - one.waited_at > MISSED]
        fix = "nobody makes the sound that Spaces want kept or heard later; run flask spaces recorder"
        yield Finding("recorder", not waits, fix)


def _is_told(seams: Seams, room: RoomName) -> bool:
    """Whether the web process stores the webhook of this room's start."""
    deadline = time.monotonic() + WEBHOOK_LIMIT
    while time.monotonic() < deadline:
        with seams.store.begin() as work:
            if work.has_webhook(room):
                return True
        time.sleep(0.1)
    return False
