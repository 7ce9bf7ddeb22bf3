"""The law of the room against a model of it: whatever members, clients, time, the network or a crash may do."""
