"""Our adapters and stand-ins against the public contracts."""
