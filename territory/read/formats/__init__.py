"""One module for each format of drawn zones; `by_extension` chooses among them."""
