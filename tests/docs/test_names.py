"""The files and functions that the documentation names exist, in prose and in the picture."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, inline_code, name_of

PACKAGE = ROOT / "spaces_feature"
SOURCES = PACKAGE / "frontend" / "src"
FOLDERS = (ROOT, PACKAGE, SOURCES, SOURCES.parent)
MODULES = {path.stem: path.read_text() for path in PACKAGE.glob("**/*.py") if path.stem != "__init__"}
CLASSES = {name: text for text in MODULES.values() for name in re.findall(r"^class (\w+)", text, re.MULTILINE)}
DRAWN = re.findall(r'class="code">([^<]+)<', (ROOT / "docs" / "images" / "way.svg").read_text())
SERVED = {"openapi.json", "events.json", "livekit.yaml"}
"""Names of documents and of the host's files, not of ours."""
_FILE = re.compile(r"[\w./-]+\.(?:py|ts|md|json|html|yaml|ics)")


def find(name: str) -> Path | None:
    """A file by a path below one of the folders that pages count from, or by its bare name in the package."""
    found = [folder / name for folder in FOLDERS if (folder / name).exists()]
    return next(iter(found or ([] if "/" in name else PACKAGE.rglob(name))), None)


def defines(source: str, name: str) -> bool:
    """Whether a source has a function, method, class, member or value of that name."""
    modifiers = r"(?:private |readonly |async |get |export )*"
    return bool(
        re.search(rf"\b(?:def|class|function|const|let) {name}\b|^\s*{modifiers}{name}\s*[(:=]", source, re.MULTILINE)
    )


def missing(texts: list[str]) -> list[str]:
    """Those ``owner.name`` whose owner is a module or class of ours that has no such name."""
    named = [found for text in texts for found in re.finditer(r"\b(\w+)\.(\w+)", text) if not _FILE.search(text)]
    sources = {**MODULES, **CLASSES}
    return [found[0] for found in named if found[1] in sources and not defines(sources[found[1]], found[2])]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_source_file_named_exists(page: Path) -> None:
    """A path in backticks is a file of this checkout, wherever the page counts it from."""
    named = [text for text in inline_code(page) if _FILE.fullmatch(text) and text.rpartition("/")[2] not in SERVED]
    assert not [text for text in named if find(text) is None]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_function_named_with_its_module_exists(page: Path) -> None:
    """``module.function`` and ``Class.method`` in backticks are in the package."""
    assert not missing(inline_code(page))


@pytest.mark.parametrize("named", [line for line in DRAWN if _FILE.match(line)])
def test_the_picture_names_real_functions_in_their_files(named: str) -> None:
    """Every line ``file function`` of the picture can be found in the code."""
    path, _, name = named.partition(" ")
    file = find(path)
    assert file is not None
    assert not name or defines(file.read_text(), name)


def test_the_picture_names_real_functions_of_their_modules() -> None:
    """So can every ``module.function``."""
    assert not missing(DRAWN)
