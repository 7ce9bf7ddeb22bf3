"""What the package promises, by layer."""
