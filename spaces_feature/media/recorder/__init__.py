"""The recorder: hears a Space's room, and writes what listeners hear by segments and what is kept.

Importing this package costs nothing. Its modules load PyAV, numpy and LiveKit's client (the extra ``recorder``), and
nothing outside of the recorder's own process imports them.
"""
