"""Recordings, replays, clips and the files of sound over HTTP."""
