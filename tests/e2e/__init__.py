"""What members see and hear: a real Chromium, the real demo, a real livekit-server."""
