"""Pages and API of the host app's staff."""
