"""Ready-made adapters of the ports for what hosts already have. Import the one you use; each has its own extra."""
