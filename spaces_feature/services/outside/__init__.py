"""For programs outside: tokens, hooks, and what the X-compatible API reads."""
