"""Plaza's own pages for what goes wrong."""

from __future__ import annotations

from flask import Flask, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

WORDS = {
    404: ("Nothing here", "The page is gone, or it was never here."),
    403: ("Not for you", "This page belongs to somebody else."),
    401: ("Sign in first", "This is for members of Plaza."),
    405: ("Not this way", "That page cannot be opened like this."),
    410: ("Gone", "It was here for 24 hours, and they are over."),
    413: ("Too large", "That is more than Plaza can take. Go back and choose a smaller file."),
    500: ("Plaza stumbled", "That is our fault. Try again in a moment."),
}


def init_app(app: Flask) -> None:
    """Register a page for HTTP errors and one for an old form."""
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(CSRFError, _old_form)


def _page(error: HTTPException) -> tuple[str, int]:
    status = error.code or 500
    title, words = WORDS.get(status, (error.name, "Something about this request was not right."))
    return render_template("error.html", title=title, words=words), status


def _old_form(error: CSRFError) -> tuple[str, int]:
    words = "This page was open for a while. Go back, load it again and send it once more."
    return render_template("error.html", title="That form is too old", words=words), 400
