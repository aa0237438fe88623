"""Maps that can be printed as they are: a day, two days, transfers, lines, tenure, many days.

Each map carries its title, date, legend with intervals, scale, locator, source and
projection, in English or Arabic. The functions return a matplotlib figure and touch no
global state; `save` writes it.
"""
