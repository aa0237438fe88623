"""The front door for Python: frames and days as analysts have them in, frames out.

Thin methods over the functions of the other rooms, which the command line calls too.
"""

from territory.name_clash import clash

if _line := clash():  # where the other package lies over ours, ours may not have been asked yet
    raise ImportError(_line)
