"""A member of the app as a program: signs in like a browser and speaks the public JSON API.

Nothing here is privileged: the same form, cookie, CSRF token and problems that everybody gets.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

#: Any answer takes at most this long; the app promises to refuse sooner.
DEADLINE_S = 8.0

_TAG = re.compile(r"<(?:meta|input)\b[^>]*>", re.IGNORECASE)
_NAMED = re.compile(r"""\bname=["']csrf[-_]token["']""", re.IGNORECASE)
_VALUE = re.compile(r"""\b(?:content|value)=["']([^"']+)["']""", re.IGNORECASE)

Json = dict[str, Any]


class UnreachableError(Exception):
    """The app did not answer, or answered something that is not ours to understand."""


class ProblemError(Exception):
    """An RFC 9457 problem of the app. ``body`` is the whole problem; ``code`` is stable."""

    def __init__(self, status: int, body: Json) -> None:
        self.status = status
        self.body = body
        self.code = str(body.get("code") or status)
        super().__init__(f"{self.code}: {body.get('title', '')}")

    @property
    def retry_after(self) -> float | None:
        """Seconds the app asks us to wait, when it does."""
        value = self.body.get("retry_after")
        return float(value) if isinstance(value, int | float) else None


class Member:
    """One signed-in member. Use as an async context manager; methods take paths under the API, such as ``/me``.

    Every method raises ProblemError for a refusal and UnreachableError when there is no answer. A session that the
    app has forgotten is renewed once per call. ``prefix`` is where the app has mounted Spaces.
    """

    def __init__(self, base_url: str, username: str, password: str, *, prefix: str = "/spaces") -> None:
        self.username = username
        self.user_id = ""
        self._base = base_url.rstrip("/")
        self._api = f"{self._base}{prefix}/api/v1"
        self._password = password
        self._csrf = ""
        # The demo lives on an address, not on a name; a plain jar would drop its cookies.
        self._http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=DEADLINE_S)
        )
        self._signing_in = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def sign_in(self) -> None:
        """Sign in through the form, as a person does."""
        async with self._signing_in:
            self._http.cookie_jar.clear()
            self._csrf = _csrf_token(await self._page("GET", "/login"))
            form = {"username": self.username, "password": self._password, "csrf_token": self._csrf}
            landed = await self._page("POST", "/login", form)
            self._csrf = _csrf_token(landed) or self._csrf
            self.user_id = str((await self._call("GET", "/me", None))["user_id"])

    async def get(self, path: str) -> Json:
        """Return what the API has at ``path``."""
        return await self._as_member("GET", path, None)

    async def post(self, path: str, body: Mapping[str, object] | None = None) -> Json:
        """Send a command and return its answer."""
        return await self._as_member("POST", path, body or {})

    async def put(self, path: str, body: Mapping[str, object] | None = None) -> Json:
        """Set something and return the answer."""
        return await self._as_member("PUT", path, body or {})

    async def patch(self, path: str, body: Mapping[str, object]) -> Json:
        """Change some of it and return the answer."""
        return await self._as_member("PATCH", path, body)

    async def delete(self, path: str) -> Json:
        """Take something back and return the answer."""
        return await self._as_member("DELETE", path, None)

    async def _as_member(self, method: str, path: str, body: Mapping[str, object] | None) -> Json:
        if not self.user_id:
            await self.sign_in()
        try:
            return await self._call(method, path, body)
        except ProblemError as problem:
            if problem.status != 401 and "csrf" not in problem.code:
                raise
        await self.sign_in()
        return await self._call(method, path, body)

    async def _call(self, method: str, path: str, body: Mapping[str, object] | None) -> Json:
        headers = {"Accept": "application/json", "X-CSRFToken": self._csrf, "Referer": self._base + "/"}
        try:
            async with self._http.request(method, self._api + path, json=body, headers=headers) as answer:
                read = await answer.json(content_type=None) if answer.status != 204 else {}
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise UnreachableError("the app does not answer") from error
        if status >= 400:
            raise ProblemError(status, read if isinstance(read, dict) else {})
        return read if isinstance(read, dict) else {}

    async def _page(self, method: str, path: str, form: Mapping[str, str] | None = None) -> str:
        try:
            async with self._http.request(
                method, self._base + path, data=form, headers={"Referer": self._base + path}
            ) as answer:
                text = await answer.text()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise UnreachableError("the app does not answer") from error
        if status >= 500:
            raise UnreachableError("the app is not well")
        return text


def _csrf_token(page: str) -> str:
    """The CSRF token in a page's form or meta element; empty when there is none."""
    for tag in _TAG.findall(page):
        value = _VALUE.search(tag)
        if value and _NAMED.search(tag):
            return str(value[1])
    return ""
