"""Zones from a picture of a map: read, place, classify, outline, measure, write.

=======  ==================================================================
module   holds
=======  ==================================================================
make     from the files a user names to zones with their errors
audit    how much ground came which way: matched, filled, unknown, smoothed
say      the table, and what is told about the work
files    the zones and what belongs beside them
=======  ==================================================================
"""

from territory.trace.files import default_place, write
from territory.trace.make import Request, Traced, trace

__all__ = ["Request", "Traced", "default_place", "trace", "write"]
