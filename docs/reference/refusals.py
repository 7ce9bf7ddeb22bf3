"""Every refusal that the package can raise, read off the calls in its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from spaces_feature import errors
from spaces_feature.web.problems import STATUS

PACKAGE = Path(errors.__file__).parent
_CLASSES = {one.__name__: one for one in STATUS}
_EITHER = {"switched_off"}
_WORDS = {"sentence", "way_on", "code"}


@dataclass(slots=True)
class Code:
    """One stable code: its HTTP statuses, what it says, and the data that ride beside it.

    Nearly every code has one status. What a kill switch closes is refused as any command is, or not there at all.
    """

    code: str
    statuses: set[int] = field(default_factory=set)
    sentences: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)


def codes() -> list[Code]:
    """Return every code, by status and name."""
    found: dict[str, Code] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for name, call in _raised(tree):
            _note(found, _CLASSES[name], call, tree)
    return sorted(found.values(), key=lambda one: (min(one.statuses), one.code))


def _raised(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """The refusals made in a module; ``raise NotFound`` is the call without arguments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CLASSES:
            yield node.func.id, node
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in _CLASSES:
            yield node.exc.id, ast.Call(node.exc, [], [])


def _note(found: dict[str, Code], kind: type[errors.Refusal], call: ast.Call, tree: ast.Module) -> None:
    given = {word.arg: word.value for word in call.keywords if word.arg} | dict(
        zip(("code", "sentence", "way_on"), call.args, strict=False)
    )
    code = given.get("code")
    name = code.value if isinstance(code, ast.Constant) and isinstance(code.value, str) else kind.default_code
    entry = found.setdefault(name, Code(name))
    entry.statuses.add(STATUS[kind])
    assert len(entry.statuses) == 1 or name in _EITHER, f"{name} is raised under two statuses"
    said = _sentences(given["sentence"], tree) if "sentence" in given else [kind.default_sentence]
    entry.sentences += [sentence for sentence in said if sentence not in entry.sentences]
    entry.data += [key for key in given if key not in _WORDS and key not in entry.data]


def _sentences(words: ast.expr, tree: ast.Module) -> list[str]:
    """The literal sentences behind an expression: a string, a template, or a choice made into a variable."""
    match words:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)]
        case ast.Name(id=name):
            chosen = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and _assigns(node, name)]
            return [
                part.value
                for node in chosen
                for part in ast.walk(node.value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
    return []


def _assigns(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
