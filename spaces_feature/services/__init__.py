"""One use case per function: load, ask the domain, save, emit. No Flask, no SQLAlchemy, no SFU library in here."""
