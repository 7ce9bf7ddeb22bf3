"""Every ready-made ``Identity`` keeps the contract: the one in memory, and Flask-Login over a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count

import flask
import flask_login
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from spaces_feature.domain.ids import UserId
from spaces_feature.integrations.flask_login import IDS_AT_ONCE, FlaskLoginIdentity
from spaces_feature.ports import Profile
from spaces_feature.testing.identity import FakeIdentity, IdentityContract


class TestFakeIdentity(IdentityContract):
    """The stand-in that hosts use in their own tests."""

    @pytest.fixture
    def identity(self) -> FakeIdentity:
        return FakeIdentity()

    @pytest.fixture
    def unknown_id(self) -> UserId:
        return UserId("404")

    @pytest.fixture
    def add_member(self, identity: FakeIdentity) -> Callable[..., UserId]:
        numbers = count(1)

        def add(
            username: str, name: str, *, is_staff: bool = False, is_barred: bool = False, is_protected: bool = False
        ) -> UserId:
            user_id = identity.add(Profile(UserId(str(next(numbers))), username, name))
            if is_staff:
                identity.make_staff(user_id)
            if is_barred:
                identity.bar(user_id)
            if is_protected:
                identity.protect(user_id)
            return user_id

        return add

    @pytest.fixture
    def as_member(self, identity: FakeIdentity) -> Callable[[UserId | None], AbstractContextManager[object]]:
        return identity.sign_in

    def test_what_is_lifted_is_gone(self, identity: FakeIdentity, add_member: Callable[..., UserId]) -> None:
        """A suspension and a protection can be lifted, and a member who is deleted is unknown in every question."""
        pam = add_member("pam", "Pam", is_staff=True, is_barred=True, is_protected=True)
        identity.unbar(pam)
        identity.unprotect(pam)
        assert (identity.barred([pam]), identity.protected([pam])) == (frozenset(), frozenset())
        identity.delete(pam)
        assert identity.profiles([pam]) == {}
        assert (identity.staff([pam]), identity.barred([pam])) == (frozenset(), {pam})


class Base(DeclarativeBase):
    pass


class Member(flask_login.UserMixin, Base):
    """A host's member, signed in under a token and not under their id."""

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    name: Mapped[str]
    is_staff: Mapped[bool]
    is_suspended: Mapped[bool]
    is_protected: Mapped[bool]

    def get_id(self) -> str:
        return f"token-of-{self.id}"


class TestFlaskLoginIdentity(IdentityContract):
    """Flask-Login, integer ids and SQLite."""

    @pytest.fixture
    def session(self) -> Iterator[Session]:
        engine = sa.create_engine("sqlite://")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            yield session
        engine.dispose()

    @pytest.fixture
    def app(self, session: Session) -> flask.Flask:
        app = flask.Flask(__name__)
        app.secret_key = "not secret"
        manager = flask_login.LoginManager(app)
        manager.user_loader(lambda token: session.get(Member, int(token.removeprefix("token-of-"))))
        return app

    @pytest.fixture
    def identity(self, session: Session) -> FlaskLoginIdentity[Member]:
        def load(ids: list[str]) -> Iterable[Member]:
            numbers = [int(id_) for id_ in ids if id_.isdecimal()]
            return session.scalars(sa.select(Member).where(Member.id.in_(numbers)))

        return FlaskLoginIdentity(
            load,
            lambda member: Profile(UserId(str(member.id)), member.username, member.name),
            is_staff=lambda member: member.is_staff,
            is_barred=lambda member: member.is_suspended,
            is_protected=lambda member: member.is_protected,
        )

    @pytest.fixture
    def unknown_id(self) -> UserId:
        return UserId("404")

    @pytest.fixture
    def add_member(self, session: Session) -> Callable[..., UserId]:
        def add(
            username: str, name: str, *, is_staff: bool = False, is_barred: bool = False, is_protected: bool = False
        ) -> UserId:
            marks = {"is_staff": is_staff, "is_suspended": is_barred, "is_protected": is_protected}
            member = Member(username=username, name=name, **marks)
            session.add(member)
            session.commit()
            return UserId(str(member.id))

        return add

    @pytest.fixture
    def as_member(
        self, app: flask.Flask, session: Session
    ) -> Callable[[UserId | None], AbstractContextManager[object]]:
        @contextmanager
        def request_by(user_id: UserId | None) -> Iterator[None]:
            with app.test_request_context():
                if user_id is not None:
                    flask_login.login_user(session.get(Member, int(user_id)))
                yield

        return request_by

    def test_an_id_in_another_spelling_is_nobody(
        self, identity: FlaskLoginIdentity[Member], add_member: Callable[..., UserId]
    ) -> None:
        """What the host reads as the same number is another id to us, and never shows that member."""
        ada = add_member("ada", "Ada Whitlock", is_staff=True, is_protected=True)
        other = UserId(f"0{ada}")
        assert identity.profiles([other]) == {}
        assert identity.staff([other]) == frozenset()
        assert identity.protected([other]) == frozenset()
        assert identity.barred([other]) == {other}

    def test_asks_once_for_a_page_of_members(self) -> None:
        """The host's loader is called once for up to 500 ids, and each id is asked for once."""
        asked: list[list[str]] = []

        def load(ids: list[str]) -> list[Member]:
            asked.append(ids)
            return []

        identity = FlaskLoginIdentity(load, lambda member: Profile(UserId(str(member.id)), member.username, ""))
        ids = [UserId(str(number)) for number in range(IDS_AT_ONCE)]
        identity.profiles([*ids, *ids])
        assert [len(once) for once in asked] == [IDS_AT_ONCE]

    def test_a_host_without_protected_accounts_is_never_asked(self) -> None:
        """Without ``is_protected`` nobody is protected, and the question costs the host no query."""
        identity = FlaskLoginIdentity(refuse_to_load, lambda member: Profile(UserId(str(member.id)), "", ""))
        assert identity.protected([UserId("1"), UserId("2")]) == frozenset()


def refuse_to_load(ids: list[str]) -> list[Member]:
    """A loader that nobody should call."""
    raise AssertionError(f"asked the database about {ids}")
