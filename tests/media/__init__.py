"""The media adapter's pure parts, and how it behaves in front of a server that misbehaves."""
