"""Shapes on a plane: projected, divided, put together, rounded. No day, no actor, no file.

*The plane*, here and in every other room, is the equal-area plane of the projection of a history
(`projection.EqualArea`): easting and northing in metres, so that areas are true square metres.
"""
