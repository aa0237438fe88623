"""What a picture of a map says: where it lies, which colour is whose, where the lines run.

Pure. A picture comes as an array of pixels, its control points and its legend as lists;
what comes out are zones in longitude and latitude with the errors made on the way.

==============  =========================================================
module          holds
==============  =========================================================
control_points  control points and what can be wrong with them
consensus       which of them agree with each other
fits            transformations from pixels to a plane, fitted to points
georeference    which transformation in which projection, how good it is
palette         the colours of a legend
pixel_classes   which pixel is whose: matched, filled or unknown
polygonise      classes of pixels as polygons that share their borders
line_error      what is unsure about a traced line
==============  =========================================================
"""
