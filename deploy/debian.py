"""Packages of Debian and Ubuntu, for whoever may install them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from deploy.progress import Step


def can_install() -> bool:
    """Whether this is a machine with apt and we are root."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_packages(step: Step, folder: Path, *packages: str) -> None:
    """Installs ``packages`` from a fresh list. Raises SetupFailed when that fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    step.run(["apt-get", "update", "--quiet"], folder=folder, environment=environment)
    command = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *packages]
    step.run(command, folder=folder, environment=environment)
