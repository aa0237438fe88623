"""Every figure with its interval: areas, changes, transfers, tenure, differences.

==============  =======================================================================
module          answers
==============  =======================================================================
change          who held how much on a day, and who lost it to whom?
pairs           what changed hands between any two days, all at once?
tenure          since when is ground held, and how often did it change hands?
compare         where do two publishers differ, and (`disputes`) of what do both speak?
estimate        a figure with its interval, and the formulas that give it
boundary_error  which lines make a figure uncertain, and (`strips`) what do two share?
ensemble        what does an interval rest on, and what is it for one figure?
scenarios       what else may be meant or believed, and what does that change?
budget          where does the doubt about a figure come from?
tables          what are all cells of a table of areas or transfers, with intervals?
rows            what stands in the tables that leave the library?
==============  =======================================================================

An `ensemble.Ensemble` holds what is needed to put an interval on any figure:

* `draws`: the same history from random subsamples of the places (delete-d jackknife);
* `boundary`: how far a drawn boundary may lie from the true one;
* `scenarios`: other readings of the evidence. They give a range, which is shown beside
  the interval and not inside it, because a choice of definition is not a random error.
"""
