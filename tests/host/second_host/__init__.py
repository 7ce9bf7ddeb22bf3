"""Parlour: a host as unlike Plaza as can be, on which the same path must run.

Its members have UUIDs, its session is a signed cookie of its own making, its tables are Core on a plain engine, its
pages load one by one, its sockets live in threads, it has neither Flask-Login nor Flask-SQLAlchemy nor Flask-WTF, and
Spaces are called rooms in its addresses.
"""

from .app import Parlour, create_parlour

__all__ = ["Parlour", "create_parlour"]
