"""The real livekit-server."""
