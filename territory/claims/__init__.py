"""What was published, what it may mean, and whether the ground bears it out.

A `Claim` is one published figure. Each of its `Reading`s says exactly what the sentence
may mean: which actors, which area, which days, which quantity. `judge` first asks whether
the figure can be true at all (`contradiction`), then measures every reading and compares
two intervals, the published and the computed one.

==============  ===================================================================
module          answers
==============  ===================================================================
precision       what interval do a figure and its word allow?
figures         what is a published figure, and what is it a part of?
model           what may stand in a claims file?
caveats         what must be said beside a verdict?
closeness       how well do two intervals that overlap agree?
plausibility    does the figure contradict itself, or the size of the place?
same_publisher  whose figure is it, and whose map?
readings        what is to be read off the polygons for a reading?
obstacles       what keeps a reading from being measured?
as_drawn        what can differ on the publisher's own map: hour, way of measuring?
decision        consistent or not, by which sentence, and whose map?
tallies         what does a reading add up, and with which weights?
verdicts        how does each reading come out?
summaries       what does a claim come to, in one sentence?
rows            what stands in the tables of verdicts and of doubt?
==============  ===================================================================
"""
