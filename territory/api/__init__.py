"""The front door for Python: frames and days as analysts have them in, frames out.

Thin methods over the functions of the other rooms, which the command line calls too.
"""
