"""What others build on: public names, settings, flags, refusals. Each is listed, described and complete."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import fields
from pathlib import Path

import pytest

import spaces_feature
from spaces_feature import errors, flags
from spaces_feature.config import Config
from spaces_feature.errors import Refusal
from spaces_feature.web.problems import STATUS, problem_fields, status_of
from tests.architecture.sources import PACKAGE, modules, name_of

BANNED = ("util", "helper", "manager", "common", "misc")
LONGEST = 300


def test_the_public_names_are_exactly_these() -> None:
    """What the package exports is what ``__all__`` says, sorted, and nothing that happens to be imported there."""
    exported = {
        name
        for name, value in vars(spaces_feature).items()
        if not name.startswith("_") and (name == "signals" or not inspect.ismodule(value))
    }
    assert exported == set(spaces_feature.__all__)
    assert spaces_feature.__all__ == sorted(spaces_feature.__all__)


def test_public_names_are_described() -> None:
    """Each public class says what it is."""
    silent = [
        name
        for name in spaces_feature.__all__
        if inspect.isclass(getattr(spaces_feature, name))
        and not getattr(spaces_feature, name).__doc__
        and not issubclass(getattr(spaces_feature, name), Refusal)
    ]
    assert silent == []


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_modules_can_be_read_in_one_go(path: Path) -> None:
    """A module has at most 300 lines, says in its first line what lives in it, and its name says it too."""
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert not [word for word in BANNED if word in path.stem]


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_functions_are_named_for_what_they_do(path: Path) -> None:
    """No ``handle_`` and ``process_``: a name says what happens."""
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, named)]
    assert not [name for name in names if re.match(r"_*(handle_|process_)|.*(Manager|Helper|Util)s?$", name)]


def test_every_setting_is_described() -> None:
    """Each ``SPACES_*`` key has a ``#:`` comment above it that says what it does."""
    lines = (PACKAGE / "config.py").read_text().splitlines()
    for item in fields(Config):
        place = next(number for number, line in enumerate(lines) if line.startswith(f"    {item.name}:"))
        assert lines[place - 1].startswith("    #: "), item.name


def test_every_flag_has_a_meaning() -> None:
    """Each flag has our prefix, a name, and a line for product managers under it; a line of a list has no full stop."""
    keys = [flag.key for flag in flags.FLAGS]
    assert len(keys) == len(set(keys))
    for flag in flags.FLAGS:
        assert flag.key.startswith("spaces.")
        for line in (flag.name, flag.meaning):
            assert line[0].isupper(), flag.key
            assert not line.endswith("."), flag.key
        assert len(flag.meaning.split()) >= 3, flag.key
        # "5 % of members can ..."
        assert bool(flag.able) is flag.is_boolean, flag.key
        assert set(flag.requires) <= set(keys), flag.key


def test_only_declared_flags_are_read() -> None:
    """Every flag that the code asks for is on the list; whatever is served on the list is named somewhere else."""
    asked, named = set(), set()
    for path in modules():
        if path.name != "flags.py":
            text = path.read_text()
            calls = r"(?:is_on|number|decision|killed|require_flag|require_running)"
            asked.update(re.findall(calls + r"\(\s*(?:\w+,\s*)?\"(spaces\.\w+)\"", text))
            named.update(re.findall(r"\"(spaces\.\w+)\"", text))
    assert asked
    assert asked <= flags.BY_KEY.keys()
    unread = flags.BY_KEY.keys() - named
    assert not {key for key in unread if flags.BY_KEY[key].is_served}, "a flag that nothing reads"


def refusals() -> list[type[Refusal]]:
    """Every kind of refusal."""
    return [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, Refusal)]


def test_every_refusal_has_a_status() -> None:
    """Each kind of refusal has its HTTP status in the one place that knows statuses, a code and a sentence."""
    kinds = set(refusals()) - {Refusal}
    assert kinds == STATUS.keys()
    for kind in kinds:
        refusal = kind()
        assert 400 <= status_of(refusal) < 600
        assert problem_fields(refusal)["code"] == kind.default_code != Refusal.default_code
        assert refusal.sentence.endswith(".")
        assert "!" not in refusal.sentence


def test_errors_are_drawn() -> None:
    """The tree at the top of ``errors.py`` names every class of it."""
    drawn = errors.__doc__ or ""
    for name, value in vars(errors).items():
        if inspect.isclass(value) and issubclass(value, Exception):
            assert re.search(rf"\b{name}\b", drawn), name


@pytest.mark.parametrize("folder", ["domain", "services"])
def test_the_core_says_what_it_does(folder: str) -> None:
    """Each public function and class of the core has a docstring."""
    named = (ast.FunctionDef, ast.ClassDef)
    for path in (PACKAGE / folder).rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, named) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"
