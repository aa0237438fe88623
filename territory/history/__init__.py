"""Who held what, day by day, on one planar partition.

Raw zones are repaired into snapshots (`repair`, `snapshot`), all days are cut together
(`partition`, `overlaps`), and a `history.History` is what every figure is read off. `places`
and `voronoi` make one from points, `regions` splits one by province, `tiles` cuts one that is
too large.

*The plane* is the equal-area plane of the history's projection, in metres. Raw zones and
snapshots are not in it, but in the CRS they were drawn in.
"""
