"""Sign in, sign out, sign up."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from sqlalchemy.exc import IntegrityError
from werkzeug.security import check_password_hash, generate_password_hash

from ..extensions import db
from ..models import NAME_LENGTH, USERNAME_LENGTH, User
from ..paths import inside
from ..people import MEMBERS

blueprint = Blueprint("auth", __name__)

USERNAME = re.compile(rf"[a-z0-9_]{{2,{USERNAME_LENGTH}}}")
PASSWORD_LENGTH = 8
#: Checked when nobody has that user name, so that the time of an answer does not tell which names exist.
NOBODYS_HASH = generate_password_hash("nobody", method="scrypt:1024:8:1")


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """Show the sign-in page."""
    if current_user.is_authenticated:
        return redirect(url_for("feed.home"))
    return _door(next=inside(request.args.get("next")))


@blueprint.post("/login")
def sign_in() -> ResponseReturnValue:
    """Sign a member in with user name and password."""
    username = request.form.get("username", "").strip().lower()
    password = request.form.get("password", "")
    user = db.session.scalar(sa.select(User).where(User.username == username))
    known = check_password_hash(user.password_hash if user else NOBODYS_HASH, password)
    going_to = inside(request.form.get("next"))
    if user is None or not known:
        problem = "User name and password do not belong together."
    elif not login_user(user, remember=True):
        problem = "This account is suspended."
    else:
        return redirect(going_to or url_for("feed.home"), 303)
    return _door(problem=problem, username=username, next=going_to), 422


@blueprint.get("/signup")
def signup() -> ResponseReturnValue:
    """Show the sign-up page."""
    return render_template("signup.html")


@blueprint.post("/signup")
def sign_up() -> ResponseReturnValue:
    """Make an account and sign in with it."""
    username = request.form.get("username", "").strip().lower()
    name = " ".join(request.form.get("name", "").split())
    password = request.form.get("password", "")
    problem = _problem(username, name, password)
    if not problem:
        user = User(username=username, name=name, password_hash=generate_password_hash(password))
        db.session.add(user)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            problem = "That user name is taken."
        else:
            login_user(user, remember=True)
            return redirect(url_for("explore.explore"), 303)
    return render_template("signup.html", problem=problem, username=username, name=name), 422


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """Sign out."""
    logout_user()
    return redirect(url_for("auth.login"), 303)


def _door(**context: str) -> str:
    guests = db.session.scalars(sa.select(User).where(User.username.in_(MEMBERS)).order_by(User.id)).all()
    return render_template("login.html", guests=guests, **context)


def _problem(username: str, name: str, password: str) -> str:
    if not 1 <= len(name) <= NAME_LENGTH:
        return f"Your name takes 1 to {NAME_LENGTH} characters."
    if not USERNAME.fullmatch(username):
        return f"A user name takes 2 to {USERNAME_LENGTH} letters a to z, digits and underscores."
    if len(password) < PASSWORD_LENGTH:
        return f"A password takes at least {PASSWORD_LENGTH} characters."
    return ""
