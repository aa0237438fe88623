"""Is the series sound? Absent days, jumps, returns, slips of the hand: one finding each."""
