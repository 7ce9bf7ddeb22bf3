"""The rules of a Space, without I/O, clock or framework (see README.md beside this file)."""
