"""The tables, as Markdown, each made from the one place in the code that decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import Any

import click
from pydantic import BaseModel

from docs.reference import refusals, sources
from spaces_feature import cli, flags, ports
from spaces_feature.domain.roles import TABLE, Action, Standing
from spaces_feature.domain.roles import TABLES as BY_STATE
from spaces_feature.domain.space import Role, State
from spaces_feature.integrations import telemetry
from spaces_feature.realtime import messages
from spaces_feature.web import api  # enters the views into the table of routes
from spaces_feature.web.limits import DEFAULTS
from spaces_feature.web.routes import ROUTES, Route

__all__ = ["TABLES", "api"]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table. Cells may hold code in backticks; pipes are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(text: str) -> str:
    """Return text as code; nothing stays nothing."""
    return f"`{text}`" if text else ""


def settings() -> str:
    """Every setting."""
    return table(
        ["Key", "Type", "Default", "Meaning"],
        ([code(one.key), code(one.kind), one.default, one.meaning] for one in sources.settings()),
    )


def flag_list() -> str:
    """Every flag."""
    rows = ([code(flag.key), *_kind_and_value(flag.default), flag.meaning] for flag in flags.FLAGS)
    return table(["Key", "Type", "Default", "Meaning"], rows)


def _kind_and_value(value: bool | int) -> tuple[str, str]:
    return ("boolean", "on" if value else "off") if isinstance(value, bool) else ("integer", str(value))


def identity_port() -> str:
    """The methods of ``Identity``."""
    return _port("Identity")


def graph_port() -> str:
    """The methods of ``SocialGraph``."""
    return _port("SocialGraph")


def media_port() -> str:
    """The methods of ``MediaServer``."""
    return _port("MediaServer")


def storage_port() -> str:
    """The methods of ``MediaStorage``."""
    return _port("MediaStorage")


def strip_port() -> str:
    """The methods of ``StripSource``."""
    return _port("StripSource")


def cards_port() -> str:
    """The methods of ``Cards``."""
    return _port("Cards")


def notify_port() -> str:
    """What ``Notify`` is called with."""
    return _port("Notify")


def members_port() -> str:
    """The methods of ``Members``."""
    return _port("Members")


def follow_times_port() -> str:
    """The method of ``FollowTimes``."""
    return _port("FollowTimes")


def values() -> str:
    """The fields of the values that the optional ports answer or take."""
    rows = (
        [code(model.__name__), code(field.name), code(str(field.type))]
        for model in (ports.StripItem, ports.Card, ports.Notice)
        for field in fields(model)
    )
    return table(["Value", "Field", "Type"], rows)


def _port(name: str) -> str:
    return table(["Method", "What it must do"], ([code(one.signature), one.meaning] for one in sources.methods(name)))


def roles() -> str:
    """Who may do what in a live Space."""
    columns = (*Role, *Standing)
    shown = [action for action in Action if any(action in TABLE[one] for one in columns)]
    rows = ([code(action), *("yes" if action in TABLE[one] else "-" for one in columns)] for action in shown)
    return table(["Action", *(code(one) for one in columns)], rows)


def planned_roles() -> str:
    """Who may do what in a scheduled Space; nobody has a seat in it, so that there are two kinds of members."""
    by_role = BY_STATE[State.SCHEDULED]
    columns = (Role.HOST, Role.LISTENER)
    shown = [action for action in Action if any(action in by_role[one] for one in columns)]
    rows = ([code(action), *("yes" if action in by_role[one] else "-" for one in columns)] for action in shown)
    return table(["Action", code(Role.HOST), "everybody else"], rows)


def codes() -> str:
    """Every code that a refusal may carry."""
    return table(
        ["Status", "Code", "Words", "Also carries"],
        (
            [
                ", ".join(map(str, sorted(one.statuses))),
                code(one.code),
                " / ".join(one.sentences),
                ", ".join(code(key) for key in one.data),
            ]
            for one in refusals.codes()
        ),
    )


def routes() -> str:
    """Every route of the API."""
    return table(
        ["Call", "Does", "Body", "Answer", "Limit"],
        (
            [code(f"{one.method} {_path(one)}"), sources.plain(one.summary), *_models(one), _limits(one)]
            for one in ROUTES
        ),
    )


def _limits(one: Route) -> str:
    return " or ".join(code(name) for name in one.limits)


def _path(one: Route) -> str:
    return re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", one.path)


def _models(one: Route) -> tuple[str, str]:
    answer = one.answer.__name__ if one.answer else ""
    return code(one.body.__name__ if one.body else ""), f"{one.status} {code(answer)}".strip()


def limits() -> str:
    """Every rate limit."""
    return table(["Limit", "Per member"], ([code(name), notation] for name, notation in DEFAULTS.items()))


def message_fields() -> str:
    """Every field of the messages on the socket."""
    models: list[type[BaseModel]] = [messages.Subscribe, messages.Event, messages.EventData, messages.StripNudge]
    models += [messages.StagePatch, messages.QueuePatch, messages.Rejoin]
    return table(
        ["Message", "Field", "Type"],
        (
            [code(model.__name__), code(name), code(_type(field.annotation))]
            for model in models
            for name, field in model.model_fields.items()
        ),
    )


def _type(annotation: Any) -> str:
    text = annotation.__name__ if isinstance(annotation, type) and "[" not in str(annotation) else str(annotation)
    return re.sub(r"\b(?:typing|spaces_feature(?:\.\w+)*)\.", "", text)


def commands() -> str:
    """Every command of ``flask spaces``."""
    rows = []
    for name, command in sorted(cli.commands.commands.items()):
        options = [option for option in command.params if isinstance(option, click.Option)]
        words = "; ".join(f"{code(option.opts[0])}: {option.help}" for option in options)
        rows.append([code(f"flask spaces {name}"), sources.plain(command.help or ""), words])
    return table(["Command", "Does", "Options"], rows)


def metric_list() -> str:
    """Every metric."""
    rows = ([code(one.name), one.kind, code(one.unit), one.meaning, one.attributes] for one in telemetry.METRICS)
    return table(["Metric", "Kind", "Unit", "Meaning", "Attributes"], rows)


TABLES: dict[str, Callable[[], str]] = {
    "settings": settings,
    "flags": flag_list,
    "identity": identity_port,
    "graph": graph_port,
    "media": media_port,
    "storage": storage_port,
    "strip_source": strip_port,
    "cards": cards_port,
    "notify": notify_port,
    "members": members_port,
    "follow_times": follow_times_port,
    "values": values,
    "roles": roles,
    "planned_roles": planned_roles,
    "codes": codes,
    "routes": routes,
    "limits": limits,
    "messages": message_fields,
    "commands": commands,
    "metrics": metric_list,
}
