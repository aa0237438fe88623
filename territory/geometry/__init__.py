"""Shapes on a plane: projected, divided, put together, rounded. No day, no actor, no file."""
