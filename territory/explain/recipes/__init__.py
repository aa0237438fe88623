"""Measuring recipes: every way a published figure may have come about, and a search over them.

`metrics` and `grids` say how ground is measured, `counting` and `change_readings` what is
counted, `figure_search` and `series_search` search, `chance` weighs, `sentences` tells.
"""
