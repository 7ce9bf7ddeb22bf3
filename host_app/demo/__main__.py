"""``python -m host_app.demo`` runs the demo, ``python -m host_app.demo flask ...`` its web app's command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from deploy import gate
from host_app.demo.child import Program
from host_app.demo.errors import DemoError
from host_app.demo.home import write_private
from host_app.demo.lifeline import end_with_parent
from host_app.demo.settings import DemoSettings, last_settings, read_settings
from host_app.demo.sfu import find_livekit_server, sfu_config
from host_app.demo.supervisor import Supervisor

PREPARE = [sys.executable, "-m", "host_app.demo.prepare"]
WELCOME = """
Ready: {url}

Sign in as grace and listen, or as ada and start a Space; the password is the user name.
Also there: alan, linus, margaret, tim, and pam, who is the product manager.
{door}
Logs are in {logs}. Stop with Ctrl-C.
"""


WITH_GATE = "nginx asks Plaza about everybody who dials the media server (docs/how-to/gate.md)."
WITHOUT_GATE = """\
There is no nginx before the media server (docs/how-to/gate.md): whoever is removed could dial it again, and is sent
away as soon as that is noticed."""


def main(arguments: Sequence[str]) -> int:
    """Runs what ``arguments`` ask for; returns the exit status."""
    try:
        if arguments[:1] == ["flask"]:
            run_flask(arguments[1:])
        elif arguments:
            raise DemoError(f"'{arguments[0]}' is not a command of the demo; 'flask' is.")
        else:
            run_demo(read_settings(os.environ))
    except (DemoError, FileNotFoundError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def run_demo(settings: DemoSettings) -> None:
    """Runs the whole demo until it is asked to stop. Raises DemoError when it cannot start."""
    # Sooner than the supervisor's own look at its parent, and also while it has not begun to look.
    end_with_parent(signal.SIGTERM)
    home = settings.home
    livekit_server = find_livekit_server()
    home.make()
    with home.claimed():
        settings.check_ports()
        settings.remember()
        write_private(home.sfu_config, sfu_config_for(settings, os.environ))
        if settings.nginx:
            lay_out_gate(settings, os.environ)
        say(f"The demo lives in {home.folder}")
        Supervisor(
            programs(settings, str(livekit_server)),
            home=home,
            environment=settings.environment(os.environ),
            say=say,
            on_ready=lambda: say(welcome(settings)),
        ).run()


def sfu_config_for(settings: DemoSettings, environment: Mapping[str, str]) -> str:
    """The media server's configuration, in step with what ``environment`` makes the web app believe."""
    keys = settings.home.read_keys()
    return sfu_config(
        port=settings.sfu_signal_port,
        tcp_port=0,
        udp_port=settings.sfu_media_port,
        api_key=environment.get("SPACES_LIVEKIT_API_KEY") or keys["livekit_api_key"],
        api_secret=environment.get("SPACES_LIVEKIT_API_SECRET") or keys["livekit_api_secret"],
        webhook_url=f"{settings.url}{_prefix(environment)}/webhooks/livekit",
        metrics_port=settings.sfu_metrics_port,
    )


def lay_out_gate(settings: DemoSettings, environment: Mapping[str, str]) -> None:
    """Writes the configuration of the nginx before the media server, in step with the web app and that server."""
    gate.lay_out(
        settings.home.gate,
        listen=f"127.0.0.1:{settings.sfu_port}",
        app=f"127.0.0.1:{settings.port}",
        gate=f"{_prefix(environment)}/gate",
        sfu=f"127.0.0.1:{settings.sfu_signal_port}",
    )


def _prefix(environment: Mapping[str, str]) -> str:
    return environment.get("SPACES_URL_PREFIX") or "/spaces"


def programs(settings: DemoSettings, livekit_server: str) -> list[Program]:
    """What the demo consists of, in the order in which it starts."""
    python = [sys.executable, "-m"]
    parts = [
        Program(
            name="sfu",
            label="media server",
            argv=[livekit_server, "--config", str(settings.home.sfu_config)],
            health_url=f"http://127.0.0.1:{settings.sfu_signal_port}/",
            # The first lets it drain, which ends only when everybody has left; the second does not wait for that.
            stop_signals=(signal.SIGTERM, signal.SIGTERM),
        ),
        Program(name="database", label="database", argv=PREPARE, is_task=True),
        Program(name="web", label="web app", argv=[*python, "host_app.wsgi"], health_url=f"{settings.url}/healthz"),
    ]
    if settings.nginx:
        health_url = f"http://127.0.0.1:{settings.sfu_port}/"
        argv = gate.command(settings.nginx, settings.home.gate)
        parts.append(Program(name="gate", label="gate", argv=argv, health_url=health_url))
    # Nobody waits for it: it can be used as soon as somebody's sound is wanted, and until then it does next to nothing.
    recorder = [*python, "flask", "--app", "host_app", "spaces", "recorder"]
    parts.append(Program(name="recorder", label="recorder", argv=recorder))
    if settings.with_bots:
        parts.append(Program(name="bots", label="bots", argv=[*python, "host_app.demo.bots"]))
    return parts


def run_flask(arguments: Sequence[str]) -> None:
    """Becomes ``flask --app host_app``, on a database that is made ready first when no demo runs on it."""
    settings = last_settings(os.environ)
    settings.home.make()
    environment = settings.environment(os.environ)
    if not settings.home.is_claimed():
        log = settings.home.log("database")
        with log.open("wb") as output:
            prepared = subprocess.run(PREPARE, stdout=output, stderr=output, env=environment, check=False)
        if prepared.returncode != 0:
            raise DemoError(f"The database could not be made ready. The end of {log}:\n{log.read_text()[-2000:]}")
    flask = [sys.executable, "-m", "flask", "--app", "host_app", *arguments]
    os.execve(sys.executable, flask, environment)  # noqa: S606 - no shell is wanted


def welcome(settings: DemoSettings) -> str:
    """What is said when everything can be used."""
    door = WITH_GATE if settings.nginx else WITHOUT_GATE
    return WELCOME.format(url=settings.url, door=door, logs=settings.home.log("web").parent)


def say(line: str) -> None:
    """Shows ``line`` at once; a terminal that has gone away is no reason to stop in disorder."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
