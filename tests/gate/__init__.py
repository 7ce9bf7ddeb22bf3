"""The gate: the real nginx between real clients and the real livekit-server, asking a real app over HTTP."""
