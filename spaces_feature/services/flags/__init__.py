"""Flags and kill switches: what is decided by them, who decides about them, and the ramps that move them."""
