"""Zones from a picture of a map: read, place, classify, outline, measure, write.

=============  ============================================================
module         holds
=============  ============================================================
tracing        from the files a user names to zones with their errors
audit          how much ground came which way: matched, filled, smoothed
summary        the table, and what is told about the work
zone_files     the zones and what belongs beside them
check_picture  the picture to check a trace by
image          what the pixels say, pure
=============  ============================================================
"""
