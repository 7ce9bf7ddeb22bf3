"""The recorder: pipelines, segments, what is cut from them, and the process that does it."""
