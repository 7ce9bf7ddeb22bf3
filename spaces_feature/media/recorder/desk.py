"""Between the recorder's loop and the services: each question in a thread of its own, inside the app's context.

Sound must not wait for the database, and what happened must not be forgotten because the database is away for a while.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from flask import Flask

from ...errors import Refusal, SpacesError, Unavailable
from ...services.seams import Seams

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
TRY_AGAIN = 0.5
"""Seconds between two tries to say something."""
TRIES = 20
"""What fails so often while all else is answered is a mistake of ours, and must not stand in the way of the rest."""


class Desk:
    """Asks services. One per recorder."""

    def __init__(self, app: Flask, seams: Seams) -> None:
        self.seams = seams
        self._app = app
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="recorder-desk")
        self._answered = 0

    async def ask(self, service: Callable[Concatenate[Seams, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the service answers. Raises what it raises."""

        def inside() -> T:
            with self._app.app_context():
                return service(self.seams, *args, **kwargs)

        answer = await asyncio.get_running_loop().run_in_executor(self._threads, inside)
        self._answered += 1
        return answer

    async def insist(self, service: Callable[Concatenate[Seams, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the service answers, however long the database is away.

        Raises Refusal, and after many tries what the service raises again and again while others are answered.
        """
        tries = others = 0
        while True:
            answered = self._answered
            try:
                return await self.ask(service, *args, **kwargs)
            except Exception as error:
                if isinstance(error, Refusal) and not isinstance(error, Unavailable):
                    raise
                if not tries:
                    log.warning("%s is tried until it is answered", service.__name__, exc_info=True)
                tries += 1
                if others >= TRIES and not isinstance(error, SpacesError):
                    raise
            await asyncio.sleep(TRY_AGAIN)
            others += self._answered > answered

    def close(self) -> None:
        """Take no more questions; those under way go on, and nobody waits for them."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Messages:
    """What is to be said about one Space, in order, each until it was taken, or refused: then nobody wants to know."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: asyncio.Queue[Callable[[], object]] = asyncio.Queue()
        self._task = asyncio.create_task(self._say())

    def add(self, service: Callable[Concatenate[Seams, P], object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Say this after everything that was added before."""
        self._waiting.put_nowait(lambda: self._desk.insist(service, *args, **kwargs))

    async def said(self, within: float) -> bool:
        """Wait until everything is said, for at most so many seconds; return whether it is."""
        try:
            await asyncio.wait_for(self._waiting.join(), within)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Say nothing more."""
        self._task.cancel()

    async def _say(self) -> None:
        while True:
            message = await self._waiting.get()
            try:
                await message()  # type: ignore[misc]
            except Refusal as refusal:
                log.info("not taken: %s", refusal)
            except Exception:
                log.exception("not taken, whatever it was; what comes after it is told")
            finally:
                self._waiting.task_done()
