"""Who may do what, as one table that is compared with the running app."""
