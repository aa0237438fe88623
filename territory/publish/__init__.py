"""What leaves the library: export, report, page, and the record of how they came about."""
