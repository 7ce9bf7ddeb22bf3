"""The read API that speaks X API v2, under ``P/2``: see ``docs/how-to/x-api.md``."""
