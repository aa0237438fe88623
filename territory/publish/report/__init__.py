"""The report: one HTML page that says whether the published figure holds, and shows why."""
