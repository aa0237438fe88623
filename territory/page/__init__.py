"""The page: one HTML file that opens without a network and shows the whole war by day."""

from territory.page.make import (
    job_topic,
    page_html,
    page_of_job,
    page_of_series,
    titled,
    write_page,
)
from territory.page.topic import Topic

__all__ = [
    "Topic",
    "job_topic",
    "page_html",
    "page_of_job",
    "page_of_series",
    "titled",
    "write_page",
]
