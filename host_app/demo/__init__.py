"""The demo: media server, web app and speaking bots under one small supervisor. ``python -m host_app.demo``."""
