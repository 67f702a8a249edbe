"""How Sphinx makes the guide: ``make docs`` writes it to build/docs."""

from importlib.metadata import version as installed_version

project = "openpot"
author = copyright = "the openpot authors"
version = release = installed_version("openpot")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4
highlight_language = "none"
suppress_warnings = ["misc.highlighting_failure"]

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = f"openpot {release}"
html_show_copyright = False
html_copy_source = False
