"""What the documentation quotes is so: code, commands, settings, files, links."""

from __future__ import annotations

import ast
import itertools
import re
import textwrap
import tomllib
from pathlib import Path

import pytest

from host_app.demo.sfu import sfu_config
from spaces_feature import cli
from spaces_feature.config import Config, read_config
from spaces_feature.config_checks import PREFIX
from tests.docs.pages import PAGES, ROOT, Block, blocks, inline_code, name_of, prose

EMBEDDING = "".join(path.read_text() for path in sorted((ROOT / "host_app").rglob("*.py")))
TEMPLATES = "".join(path.read_text() for path in sorted((ROOT / "host_app" / "templates").rglob("*.html")))
PYTHON = blocks("python")
SETTINGS = [block for block in PYTHON if block.text.startswith(PREFIX)]
QUOTES = [block for block in PYTHON if block not in SETTINGS]
PAGE = pytest.mark.parametrize("page", PAGES, ids=name_of)


def where(block: Block) -> str:
    """How a test of one block is called."""
    return f"{name_of(block.page)}: {block.text.splitlines()[0]}"


def test_every_block_is_in_a_language_that_is_checked_here() -> None:
    """No block escapes: code is compared or run, drawings and trees have no language or are mermaid."""
    assert {block.language for block in blocks()} <= {"python", "jinja", "sh", "yaml", "mermaid", ""}


@pytest.mark.parametrize("block", QUOTES, ids=where)
def test_quoted_python_stands_in_the_reference_host_line_by_line(block: Block) -> None:
    """The embedding that is shown is the embedding that runs."""
    quoted = [line.strip() for line in block.text.strip().splitlines()]
    real = [line.strip() for line in EMBEDDING.splitlines()]
    assert any(real[start : start + len(quoted)] == quoted for start in range(len(real)))
    ast.parse(textwrap.dedent(block.text))


@pytest.mark.parametrize("block", blocks("jinja"), ids=where)
def test_quoted_template_lines_stand_in_the_reference_host(block: Block) -> None:
    """The line that is shown is in one of Plaza's templates."""
    assert block.text.strip() in TEMPLATES


@pytest.mark.parametrize("page", ["README.md", "docs/tutorials/embed.md"])
def test_the_settings_shown_are_enough_and_accepted(page: str) -> None:
    """A page's settings blocks together are a configuration that the package starts with."""
    settings: dict[str, object] = {}
    for block in SETTINGS:
        if name_of(block.page) == page:
            exec(block.text, {}, settings)
    assert read_config(settings)


@PAGE
def test_every_setting_named_exists(page: Path) -> None:
    """A SPACES_* word in a page is a key that the package reads."""
    known = {PREFIX + name.upper() for name in Config.__dataclass_fields__}
    assert {*re.findall(r"\bSPACES_[A-Z_]+\b", page.read_text())} <= known


@PAGE
def test_every_command_named_exists(page: Path) -> None:
    """make targets, flask spaces commands and Python modules in a page can be run."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    lines = [line for block in blocks("sh") if block.page == page for line in block.text.splitlines()]
    shown = inline_code(page) + lines
    commands = [part.split("#")[0].split() for line in shown for part in line.split("&&")]
    for words in (words for words in commands if words):
        if words[0] == "make":
            assert words[1] in targets
        if words[:2] == ["flask", "spaces"]:
            assert words[2] in cli.commands.commands
        if words[:2] == ["python", "-m"]:
            assert (ROOT / words[2].replace(".", "/")).is_dir()


def test_the_extras_to_install_exist() -> None:
    """pip is asked for extras that the package has."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    asked = [re.findall(r"\[([a-z,]+)\]", block.text) for block in blocks("sh") if "pip install" in block.text]
    assert asked
    assert {extra for found in itertools.chain(*asked) for extra in found.split(",")} <= extras.keys()


def test_the_livekit_yaml_shown_says_of_rooms_and_webhooks_what_the_demos_says() -> None:
    """The lines on which the design leans are those that the tests run with."""
    ours = sfu_config(port=1, tcp_port=2, udp_port=3, api_key="k", api_secret="s", webhook_url="u")
    (shown,) = blocks("yaml")
    for section in ("room:", "resource_url_notifier:"):
        assert section in shown.text
    room = shown.text.partition("room:\n")[2].splitlines()
    notifier = [line for line in shown.text.splitlines() if "resource_url_notifier" in line]
    assert {line.strip() for line in room + notifier} <= {line.strip() for line in ours.splitlines()}


@PAGE
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    """Relative links resolve to a file."""
    text = prose(page)
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    gone = [target for target in targets if "://" not in target and not (page.parent / target.split("#")[0]).exists()]
    assert not gone


def test_every_page_can_be_reached_from_the_readme() -> None:
    """A page that nothing links to is a page that nobody reads."""
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached:
            continue
        reached.add(page)
        links = re.findall(r"\]\(([^)#\s]+\.md)(?:#[^)]*)?\)", prose(page))
        ahead += [(page.parent / link).resolve() for link in links]
    assert set(PAGES) <= reached
