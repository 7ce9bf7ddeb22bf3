"""Writes our schema steps into the host's own Alembic chain.

A revision that we write is small: it calls one frozen step of ours by name. The host keeps one head, and
``flask db check`` stays clean because our tables are in the host's MetaData.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command, op
from alembic.config import Config
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from .steps import STEPS

MARK = "spaces_feature step:"


def _step(name: str) -> Any:
    return import_module(f"{__package__}.steps.{name}")


def upgrade(name: str) -> None:
    """Run one frozen step; called from the host's revision."""
    _step(name).upgrade(_operations())


def downgrade(name: str) -> None:
    """Undo one frozen step; called from the host's revision."""
    _step(name).downgrade(_operations())


def _operations() -> Operations:
    """The proxy module behaves as the Operations object of the migration that runs now."""
    return op  # type: ignore[return-value]


def missing_steps(versions: list[Path]) -> list[str]:
    """Return the steps that no revision in the host's chain calls yet, in order."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in versions)
    return [name for name in STEPS if f"{MARK} {name}\n" not in text]


def write_revisions(config: Config) -> list[Path]:
    """Write one revision per missing step on top of the host's head and return their paths."""
    script = ScriptDirectory.from_config(config)
    paths = [Path(item.path) for item in script.walk_revisions()]
    written: list[Path] = []
    for name in missing_steps(paths):
        made = command.revision(config, message=f"spaces {name}", head="head")
        assert made is not None
        assert not isinstance(made, list)
        path = Path(made.path)
        path.write_text(_source(name, made.revision, made.down_revision), encoding="utf-8")
        written.append(path)
    return written


def _source(name: str, revision: str, down_revision: object) -> str:
    return f'''"""{MARK} {name}

The step itself lives in the package and never changes.
"""

from spaces_feature.db import revision as spaces

revision = "{revision}"
down_revision = {down_revision!r}
branch_labels = None
depends_on = None


def upgrade():
    spaces.upgrade("{name}")


def downgrade():
    spaces.downgrade("{name}")
'''
