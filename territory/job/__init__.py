"""A job file to measured series.

`spec` says what a job may hold, `load` reads one series of it (`zone_series`, `unit_series` or
`place_series`; drawn zones go by way of `clean_days` and `cut_zones`), and `study` finds out
everything that the job asks before any of it is written.
"""
