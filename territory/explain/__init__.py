"""How did they get that number? From published figures and files to measuring recipes.

`published_zones` reads the files label by label, `soundness` says which days are to be trusted,
`published_series` explains series and totals, `claims` and `series_claims` what readings ask of
a history, `questions` is what the command line calls. `recipes` holds the ways of measuring and
the search over them.
"""
