"""For hosts: in-memory stand-ins for the ports, and the contracts that every adapter must pass."""
