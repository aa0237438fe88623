"""The report: one HTML page that says whether the published figure holds, and shows why."""

from territory.report.answer import answer
from territory.report.page import render

__all__ = ["answer", "render"]
