"""The page: one HTML file that opens without a network and shows the whole war by day."""
