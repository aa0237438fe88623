"""The parts of validate_intervals.py."""
