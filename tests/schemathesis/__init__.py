"""Schemathesis over our own OpenAPI document, against the whole app."""
