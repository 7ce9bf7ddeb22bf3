"""Gets everything that the demo and the tests need onto this machine. Standard library only."""
