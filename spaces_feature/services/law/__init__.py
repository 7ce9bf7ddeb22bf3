"""Order in Spaces: the host app's own law, reports, what staff do and see, and forgetting those who go."""
