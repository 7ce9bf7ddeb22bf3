"""The reference says everything that the code has, and nothing that it has not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from docs.reference import sources
from docs.reference.pages import PAGES, rewritten, tables_in
from docs.reference.refusals import PACKAGE, codes
from docs.reference.tables import TABLES
from spaces_feature import cli, errors, flags, ports
from spaces_feature.config import Config
from spaces_feature.domain.roles import Action
from spaces_feature.web.limits import DEFAULTS
from spaces_feature.web.routes import ROUTES

FOLDER = PAGES[0].parent


def page(name: str) -> str:
    """The text of a reference page."""
    return (FOLDER / name).read_text()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_tables_are_up_to_date(path: Path) -> None:
    """After a change in the code, `python -m docs.reference` was run."""
    assert path.read_text() == rewritten(path.read_text())


def test_every_table_stands_in_exactly_one_page() -> None:
    """No table is forgotten and none is told twice."""
    assert sorted(name for path in PAGES for name in tables_in(path.read_text())) == sorted(TABLES)


@pytest.mark.parametrize("key", [f"SPACES_{name.upper()}" for name in Config.__dataclass_fields__])
def test_every_setting_is_documented_with_a_meaning(key: str) -> None:
    """The row of a key has a fourth cell that is not empty: the comment above it in config.py."""
    assert re.search(rf"^\| `{key}` \|.*\| \S[^|]+ \|$", page("configuration.md"), re.MULTILINE)


@pytest.mark.parametrize("flag", flags.FLAGS, ids=lambda flag: flag.key)
def test_every_flag_is_documented(flag: flags.Flag) -> None:
    """A flag's key and its meaning are there."""
    assert f"`{flag.key}`" in page("flags.md")
    assert flag.meaning in page("flags.md")


PORTS = [
    ports.Identity,
    ports.SocialGraph,
    ports.StripSource,
    ports.Cards,
    ports.Notify,
    ports.MediaServer,
    ports.MediaStorage,
]


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.__name__)
def test_every_method_of_a_port_is_documented(port: type) -> None:
    """A port's heading and its methods are there."""
    methods = [one.name for one in sources.methods(port.__name__)]
    assert methods
    assert f"## {port.__name__}:" in page("ports.md")
    assert not [name for name in methods if f"| `{name}(" not in page("ports.md")]


@pytest.mark.parametrize("action", Action)
def test_every_action_is_documented(action: Action) -> None:
    """An action has its row."""
    assert f"| `{action}` |" in page("roles.md")


def test_every_code_of_a_refusal_is_documented() -> None:
    """The default code of each class is among those found, unless nobody raises the class without a code of its own."""
    documented = set(re.findall(r"^\| \d{3}(?:, \d{3})* \| `(\w+)` \|", page("errors.md"), re.MULTILINE))
    assert documented == {one.code for one in codes()}
    assert {"not_signed_in", "not_found", "forbidden", "wrong_state", "invalid", "too_many_requests"} <= documented
    assert errors.Unavailable.default_code not in documented, "every Unavailable says what is away"


def test_every_route_and_limit_is_documented() -> None:
    """A route's method and path, and every limit's name and number, are there."""
    text = page("http-api.md")
    paths = [f"`{one.method} " + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", one.path) + "`" for one in ROUTES]
    assert not [path for path in paths if path not in text]
    assert not [name for name, notation in DEFAULTS.items() if f"| `{name}` | {notation} |" not in text]


def test_every_command_is_documented() -> None:
    """A command has its row."""
    assert not [name for name in cli.commands.commands if f"| `flask spaces {name}` |" not in page("cli.md")]


def test_every_type_of_event_is_documented_and_no_other() -> None:
    """The table of types has what services say happened: the literal names given to the functions that tell of it."""
    types = page("socket-events.md").partition("## Types")[2].partition("## ")[0]
    documented = re.findall(r"^\| `(\w+)` \| [A-Z]", types, re.MULTILINE)
    told: set[str] = set()
    for path in (PACKAGE / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "deed":
                told |= _kinds(node.args[0])
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in TELLS:
                    told |= _kinds(node.args[TELLS[node.func.id]])
                elif node.func.id == "Deed":
                    told |= _kinds(next(one.value for one in node.keywords if one.arg == "kind"))
    assert set(documented) == told - WRITTEN_ONLY


TELLS = {"change_of": 0, "give_up_place": 3, "event": 1, "_fetch": 1}
"""Functions that name an event, and the place of the name among their arguments."""
WRITTEN_ONLY = {"put_out", "report_closed", "scheduled", "recording_deleted", "clip_deleted"}
"""Deeds that the audit knows and no event tells of."""


def _kinds(argument: ast.expr) -> set[str]:
    match argument:
        case ast.Constant(value=str(kind)):
            return {kind}
        case ast.IfExp(body=one, orelse=other):
            return _kinds(one) | _kinds(other)
    return set()
