"""The frozen steps make exactly the tables that the MetaData describes, name by name."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from spaces_feature.db import revision
from spaces_feature.db.steps import STEPS
from spaces_feature.db.tables import build_tables

CONVENTION = {
    "ix": "hosts_ix_%(column_0_label)s",
    "uq": "hosts_uq_%(table_name)s_%(column_0_name)s",
    "ck": "hosts_ck_%(table_name)s_%(constraint_name)s",
    "fk": "hosts_fk_%(table_name)s_%(column_0_name)s",
    "pk": "hosts_pk_%(table_name)s",
}


@pytest.fixture(params=[{}, CONVENTION], ids=["plain", "naming-convention"])
def metadata(request: pytest.FixtureRequest) -> sa.MetaData:
    """A host's MetaData with our tables in it."""
    metadata = sa.MetaData(naming_convention=request.param)
    build_tables(metadata)
    return metadata


def step(connection: sa.Connection, way: str, metadata: sa.MetaData) -> None:
    """Run every step as a host's revision would."""
    context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
    with Operations.context(context):
        for name in STEPS if way == "upgrade" else reversed(STEPS):
            getattr(revision, way)(name)


def described(connection: sa.Connection) -> dict[str, Any]:
    """Everything the database says of our tables: columns, keys, constraints and indexes with their names."""
    look = sa.inspect(connection)
    return {
        table: {
            "columns": [(row["name"], str(row["type"]), row["nullable"]) for row in look.get_columns(table)],
            "primary": look.get_pk_constraint(table),
            "unique": sorted((row["name"], row["column_names"]) for row in look.get_unique_constraints(table)),
            "foreign": sorted(
                (row["name"], row["referred_table"], row["options"]) for row in look.get_foreign_keys(table)
            ),
            "indexes": sorted(
                (row["name"], row["column_names"], bool(row["unique"]), _words(row.get("dialect_options", {})))
                for row in look.get_indexes(table)
            ),
        }
        for table in look.get_table_names()
    }


def _words(options: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in options.items()}


def test_the_steps_make_what_the_metadata_describes(url: str, metadata: sa.MetaData) -> None:
    """Autogenerate finds nothing to do, and every name of key, constraint and index is the one of create_all."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        step(connection, "upgrade", metadata)
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        by_steps = described(connection)
        step(connection, "downgrade", metadata)
        assert sa.inspect(connection).get_table_names() == []
        metadata.create_all(connection)
        assert by_steps == described(connection)
    engine.dispose()


def test_every_name_is_ours(url: str, metadata: sa.MetaData) -> None:
    """A host's naming convention touches nothing of ours, and nothing of ours can collide with a name of the host's."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        step(connection, "upgrade", metadata)
        tables = described(connection)
    engine.dispose()
    assert all(name.startswith("spaces_") for name in tables)
    for table in tables.values():
        names = [table["primary"]["name"], *(row[0] for key in ("unique", "foreign", "indexes") for row in table[key])]
        assert all(name.split("_", 1)[1].startswith("spaces_") for name in names)
        assert not any(name.startswith("hosts_") for name in names)


def test_a_users_rows_are_not_bound_to_a_table_of_the_hosts(metadata: sa.MetaData) -> None:
    """User ids are strings of 64 without a foreign key; the host's users table is not ours to know."""
    for table in metadata.tables.values():
        for column in table.columns:
            if column.name in ("user_id", "host_id", "creator_id"):
                assert isinstance(column.type, sa.String)
                assert column.type.length == 64
                assert not column.foreign_keys


def test_the_same_metadata_may_be_given_twice(metadata: sa.MetaData) -> None:
    """Two apps of one process share the tables."""
    assert build_tables(metadata) == build_tables(metadata)
