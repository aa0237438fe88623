"""Whole commands, as a user calls them: processor, memory, and megabytes written."""
