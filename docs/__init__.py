"""The documentation. ``python -m docs.reference`` rewrites those of its tables that repeat the code."""
