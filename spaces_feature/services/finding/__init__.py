"""How Spaces are found: the strip, lists, search, and what of a Space the whole world may see."""
