"""Series as files that other programs open: one module for each family of formats."""
