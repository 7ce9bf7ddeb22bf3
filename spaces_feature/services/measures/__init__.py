"""What is counted while people talk, and the numbers and records that are made of it."""
