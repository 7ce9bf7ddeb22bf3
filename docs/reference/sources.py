"""What only the source says: the comments beside settings, the signatures and docstrings of ports."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, fields

from spaces_feature import config, media_ports, ports
from spaces_feature.config_checks import PREFIX

_FIELD = re.compile(r"    (?P<name>[a-z_]+): (?P<kind>[^=]+?)(?: = .*)?$")


@dataclass(frozen=True, slots=True)
class Setting:
    """One ``SPACES_*`` key."""

    key: str
    kind: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Method:
    """One method of a port, without ``self``."""

    name: str
    signature: str
    meaning: str


def plain(text: str) -> str:
    """Return a docstring or comment as one line of Markdown."""
    return " ".join(text.replace("``", "`").split())


def settings() -> Iterator[Setting]:
    """Yield every setting with the comment above it."""
    by_name = {field.name: field for field in fields(config.Config)}
    words: list[str] = []
    for line in inspect.getsource(config.Config).splitlines():
        if line.startswith("    #: "):
            words.append(line.removeprefix("    #: "))
        elif words and (found := _FIELD.match(line)):
            field = by_name[found["name"]]
            key = PREFIX + field.name.upper()
            yield Setting(key, found["kind"], _default(field), plain(" ".join(words)))
            words = []


def _default(field: Field[object]) -> str:
    if field.default_factory is not MISSING:
        return "none"
    if field.default is MISSING:
        return "required"
    return f"`{field.default!r}`" if field.default != "" else "empty"


def methods(port: str) -> Iterator[Method]:
    """Yield the methods of one port."""
    bodies = [ast.parse(inspect.getsource(module)).body for module in (ports, media_ports)]
    for owner in itertools.chain(*bodies):
        if isinstance(owner, ast.ClassDef) and owner.name == port:
            for one in owner.body:
                if isinstance(one, ast.FunctionDef):
                    yield _method(one)


def _method(one: ast.FunctionDef) -> Method:
    asked = ast.unparse(one.args).removeprefix("self").removeprefix(", ").replace("=", " = ")
    answered = ast.unparse(one.returns) if one.returns else "None"
    return Method(one.name, f"{one.name}({asked}) -> {answered}", plain(ast.get_docstring(one) or ""))
