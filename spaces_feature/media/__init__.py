"""The SFU as our media server: LiveKit behind the port ``MediaServer``.

Importing this package costs nothing; importing ``media.livekit`` loads livekit-api (about 0.2 s and 28 MiB), so the
composition root does that once at start and nobody does it inside a request.
"""
