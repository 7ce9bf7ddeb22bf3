"""HTTP: the JSON API and its OpenAPI document, pages, the webhook, and the one line for the host's template."""
