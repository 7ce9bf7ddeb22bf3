"""Brings the demo's database up to date and fills it, in one process: starting Python twice is what takes time."""

from __future__ import annotations

from flask.cli import ScriptInfo

from host_app import create_app


def main() -> None:
    """Runs ``flask db upgrade`` and ``flask seed``; both do nothing the second time."""
    app = create_app()
    script = ScriptInfo(create_app=lambda: app)
    for command in (["db", "upgrade"], ["seed"]):
        app.cli.main(args=command, obj=script, standalone_mode=False)


if __name__ == "__main__":
    main()
