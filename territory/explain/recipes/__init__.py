"""Measuring recipes: every way a published figure may have come about, and a search over them.

`metrics` and `grids` say how ground is measured, `counting` and `readings` what is
counted, `figure` and `series` search, `chance` weighs, `words` tells.
"""
