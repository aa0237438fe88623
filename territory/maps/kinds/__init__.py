"""The kinds of maps: `catalogue` knows all, and each is drawn in a module of its own."""
