"""The demo: media server, web app, recorder and speaking bots under one supervisor. ``python -m host_app.demo``."""
