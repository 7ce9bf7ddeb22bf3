"""The places in a checkout, and stamps: how a step knows that it was done for just these inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: Folders that hold results, not sources.
_RESULTS = {"node_modules", "dist", "test-dist", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Checkout:
    """One working copy of the repository. ``root`` is absolute."""

    root: Path

    @property
    def cache(self) -> Path:
        """What only this checkout needs and can be made again."""
        return self.root / ".cache"

    @property
    def setup_logs(self) -> Path:
        """What the programs run by the set-up had to say."""
        return self.cache / "setup"

    @property
    def environment(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The Python of the virtual environment."""
        return self.environment / "bin" / "python"

    @property
    def front_ends(self) -> list[Path]:
        """The folders that npm builds, the package's first."""
        return [self.root / "spaces_feature" / "frontend", self.root / "host_app" / "frontend"]

    def stamp(self, name: str) -> Stamp:
        """The stamp of the step ``name``."""
        return Stamp(self.cache / "stamps" / name)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file that says for which inputs a step was last done."""

    file: Path

    def says(self, fingerprint: str) -> bool:
        """Whether the step was done for these very inputs."""
        return self.file.exists() and self.file.read_text() == fingerprint

    def set(self, fingerprint: str) -> None:
        """Notes that the step is done for these inputs."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(fingerprint)


def fingerprint(files: Iterable[Path], *facts: str) -> str:
    """A hash of the contents of ``files``, in whatever order, and of ``facts``; an absent file is a fact too."""
    total = hashlib.sha256("\0".join(facts).encode())
    for file in sorted(files):
        total.update(f"\0{file}\0".encode())
        total.update(file.read_bytes() if file.exists() else b"absent")
    return total.hexdigest()


def sources(folder: Path) -> Iterator[Path]:
    """The files in ``folder`` and below that are not themselves results of a build."""
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in _RESULTS:
                yield from sources(entry)
        else:
            yield entry
