"""What a picture of a map says: where it lies, which colour is whose, where the lines run.

Pure. A picture comes as an array of pixels, its control points and its legend as lists;
what comes out are zones in longitude and latitude with the errors made on the way.

=========  ==============================================================
module     holds
=========  ==============================================================
points     control points and what can be wrong with them
fits       transformations from pixels to a plane, fitted to points
placed     which transformation in which projection, and how good it is
palette    the colours of a legend
classes    which pixel is whose: matched, filled or unknown
outlines   classes of pixels as polygons that share their borders
error      what is unsure about a traced line
=========  ==============================================================
"""
