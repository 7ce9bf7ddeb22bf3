"""Real processes that die and databases that go away: what was acknowledged is there, what is live is soon true."""

CROWD = [str(number) for number in range(1, 41)]
"""The members of the host that is killed; the last one follows everybody."""
