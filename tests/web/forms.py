"""The forms of a page as a browser without script reads and sends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

from tests.web.visitor import Visitor

SAME_ORIGIN = {"Origin": "http://localhost"}


@dataclass
class Form:
    """A form: where it goes, what its fields hold, the names and values of its buttons, what no browser sends empty."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    required: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._text = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._open)
        if self._open is None:
            return
        if tag == "button":
            self._open.buttons.append((name, value))
        elif tag == "input" and name and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self._open.fields[name] = value
            if "required" in given:
                self._open.required.add(name)
        elif tag == "textarea":
            self._text, self._open.fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._open.fields):
            self._open.fields[self._select] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._text and self._open is not None:
            self._open.fields[self._text] += data


def forms(page: str) -> list[Form]:
    """Return every form of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def posts(page: str) -> list[Form]:
    """Return the forms that change something."""
    return [form for form in forms(page) if form.method == "post"]


def the_form(page: str, is_meant: Callable[[Form], bool]) -> Form:
    """Return the one form that is meant."""
    (found,) = [form for form in forms(page) if is_meant(form)]
    return found


def part(page: str, name: str) -> Form:
    """Return the form that edits one part of a flag."""
    return the_form(page, lambda form: form.fields.get("part") == name)


def to(page: str, verb: str) -> list[Form]:
    """Return the forms that go to a verb of a flag."""
    return [form for form in posts(page) if form.action.partition("?")[0].endswith(f"/{verb}")]


def send(visitor: Visitor, form: Form, headers: dict[str, str] | None = None, /, **changed: str) -> TestResponse:
    """Send a form with some fields filled in, as the browser of a member does; a reason that it needs is one."""
    needed = {"reason": "For a test"} if "reason" in form.required and not form.fields["reason"] else {}
    with visitor.signed_in():
        return visitor.client.post(
            form.action, data={**form.fields, **needed, **changed}, headers=SAME_ORIGIN if headers is None else headers
        )
