"""The version of the package, which records and fact-checks quote."""

__version__ = "0.1.0"
