"""How the documentation is built: `scripts/docs` calls it with warnings as errors.

Reference pages are written from the code before Sphinx reads its sources, so that a key, a
column or an option that the code gains stands in them by itself.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import generate  # noqa: E402 - it stands beside this file

from territory.version import __version__  # noqa: E402

project = "territory"
author = "The territory developers"
project_copyright = "The territory developers"
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_design",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["build", "made", "sample"]
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]  # types of other projects; our own links are by page

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
add_module_names = False
autosummary_generate = False
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
default_role = "code"
smartquotes = False  # they make a dash of the two hyphens before an option
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
copybutton_line_continuation_character = "\\"

linkcheck_timeout = 20
linkcheck_retries = 2
linkcheck_anchors = True
linkcheck_ignore = [r"https?://(www\.)?example\.(org|com)\b"]  # of nobody: they stand for any

html_theme = "pydata_sphinx_theme"
html_title = "territory"
html_static_path = ["static"]
html_css_files = ["territory.css"]
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": True,
    "show_nav_level": 2,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_context = {"default_mode": "light"}
html_show_sourcelink = False

generate.pages(HERE)
