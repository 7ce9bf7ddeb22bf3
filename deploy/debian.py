"""Packages of Debian and Ubuntu, for whoever may install them."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from deploy.progress import Step

#: Packages ask this program before they start a service; where there is none, they start it.
_POLICY = Path("/usr/sbin/policy-rc.d")


def can_install() -> bool:
    """Whether this is a machine with apt and we are root."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_packages(step: Step, folder: Path, *packages: str) -> None:
    """Installs ``packages`` from a fresh list. Raises SetupFailed when that fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    step.run(["apt-get", "update", "--quiet"], folder=folder, environment=environment)
    command = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *packages]
    step.run(command, folder=folder, environment=environment)


@contextlib.contextmanager
def nothing_started() -> Iterator[None]:
    """No package that is installed meanwhile starts its service; what the machine itself says about that stays."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)
