"""The product manager's pages: flags, ramps, health and numbers."""
