"""The X-compatible read API and its webhooks, with X's own client and by hand."""
