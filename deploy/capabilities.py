"""What the tests may use on this machine: looked for, got if possible, and written down, or why it is missing."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy import media_server
from deploy.checkout import Checkout
from deploy.debian import can_install, install_packages, nothing_started
from deploy.front_end import node_environment
from deploy.gate import find_nginx
from deploy.progress import Progress, SetupFailed, Step

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_CHROMIUM_PACKAGE = "@sparticuz/chromium"
_NEEDS_APT = "it is not on PATH, and installing it takes root and apt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One thing that tests may need: ``path`` is where it is, else ``why`` says why it could not be had."""

    path: str | None = None
    why: str = ""


def look(checkout: Checkout, progress: Progress) -> dict[str, Capability]:
    """What the tests may use, got where missing: the programs, and for PostgreSQL the folder of its programs."""
    return {
        "livekit-server": _provided(media_server.provide, checkout, progress),
        "livekit-test-server": _provided(media_server.provide_test_server, checkout, progress),
        "nginx": _find_or_get(progress, "nginx", find_nginx, lambda step: _get_nginx(checkout, step)),
        "chromium": _find_or_get(progress, "Chromium", find_chromium, lambda step: _get_chromium(checkout, step)),
        "postgres": _find_or_get(progress, "PostgreSQL", find_postgres, lambda step: _get_postgres(checkout, step)),
    }


def write(checkout: Checkout, found: Mapping[str, Capability]) -> None:
    """Writes ``.cache/capabilities.json``: name to ``{"path": ..., "why": ...}``."""
    text = json.dumps({name: asdict(capability) for name, capability in found.items()}, indent=2) + "\n"
    _file(checkout).write_text(text)


def read(checkout: Checkout) -> dict[str, Capability]:
    """What the last set-up for tests found; empty when there was none."""
    if not _file(checkout).exists():
        return {}
    written: dict[str, dict[str, str]] = json.loads(_file(checkout).read_text())
    return {name: Capability(path=entry["path"], why=entry["why"]) for name, entry in written.items()}


def find_chromium() -> Path | None:
    """A Chromium that runs: from PATH, else the one that we unpacked into our cache."""
    named = (shutil.which(name) for name in _CHROMIUM_NAMES)
    return _first_that_runs([*(Path(path) for path in named if path), _unpacked_chromium()])


def find_postgres() -> Path | None:
    """The folder of ``initdb`` and ``postgres``: that of PATH, else the newest where Debian puts them."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: _number(path.parts[-3]))
    program = _first_that_runs([*([Path(on_path)] if on_path else []), *reversed(debian)])
    # Beside a link there need not be the other programs.
    return program.resolve().parent if program else None


def _provided(provide: Callable[[Checkout, Progress], Path], checkout: Checkout, progress: Progress) -> Capability:
    try:
        return Capability(path=str(provide(checkout, progress)))
    except SetupFailed as problem:
        return Capability(why=str(problem))


def _find_or_get(
    progress: Progress, name: str, find: Callable[[], Path | None], get: Callable[[Step], None]
) -> Capability:
    found = find()
    if found is None:
        try:
            with progress.step(name, about="a minute") as step:
                get(step)
                found = find()
                if found is None:
                    raise SetupFailed("it was installed, but does not run")
        except SetupFailed as problem:
            return Capability(why=str(problem))
    return Capability(path=str(found))


def _get_chromium(checkout: Checkout, step: Step) -> None:
    if can_install():
        # Not every list of packages has it under this name.
        with contextlib.suppress(SetupFailed):
            install_packages(step, checkout.root, "chromium")
        if find_chromium() is not None:
            return
    _unpack_chromium(checkout, step)


def _unpack_chromium(checkout: Checkout, step: Step) -> None:
    home = _unpacked_chromium().parent
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text('{"private": true, "type": "module"}\n')
    # The package unpacks into the temporary folder, and its libraries only where it believes to be on a bare machine.
    (home / "unpack.js").write_text(f'import chromium from "{_CHROMIUM_PACKAGE}";\nawait chromium.executablePath();\n')
    environment = {
        **node_environment(checkout, step),
        "TMPDIR": str(home),
        "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x",
    }
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", _CHROMIUM_PACKAGE]
    step.run(command, folder=home, environment=environment)
    step.run(["node", "unpack.js"], folder=home, environment=environment)
    shutil.rmtree(home / "node_modules")
    start = _unpacked_chromium()
    start.write_text(
        f"#!/bin/sh\nLD_LIBRARY_PATH='{home}/al2023/lib' FONTCONFIG_PATH='{home}/fonts' exec '{home}/chromium' \"$@\"\n"
    )
    start.chmod(0o755)


def _get_postgres(checkout: Checkout, step: Step) -> None:
    if not can_install():
        raise SetupFailed(_NEEDS_APT)
    # The tests start servers of their own; Debian's package would start one that nobody asked for.
    settings = Path("/etc/postgresql-common/createcluster.d/no-main-cluster.conf")
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("create_main_cluster = false\n")
    install_packages(step, checkout.root, "postgresql")


def _get_nginx(checkout: Checkout, step: Step) -> None:
    if not can_install():
        raise SetupFailed(_NEEDS_APT)
    # The tests start servers of their own; Debian's package would start one that nobody asked for.
    with nothing_started():
        install_packages(step, checkout.root, "nginx")


def _unpacked_chromium() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "spaces-feature" / "chromium" / "start"


def _first_that_runs(programs: Iterable[Path]) -> Path | None:
    return next((program for program in programs if program.exists() and _runs(program)), None)


def _runs(program: Path) -> bool:
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _number(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdecimal() else 0.0


def _file(checkout: Checkout) -> Path:
    return checkout.cache / "capabilities.json"
