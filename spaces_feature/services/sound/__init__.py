"""Sound that outlives or outgrows the room: captures, recordings, replays, clips, segments and links to them."""
