"""Settings of Sphinx for the web book; `tools/book.py` assembles the pages and starts it."""

from tools import sync

project = "medlearn"
author = "The medlearn authors"
copyright = "The medlearn authors. Text and figures: CC BY 4.0. Code: MIT"
language = "en"

# `tools.book` adds alternative texts, links into the repository, the glossary, formulas.
extensions = ["myst_nb", "tools.book"]

nb_execution_mode = "off"  # the book shows what is committed
nb_ipywidgets_js = {}  # live widgets would come from another host, and need a kernel
nb_merge_streams = True
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
html_math_renderer = "mathml"

html_theme = "sphinx_book_theme"
html_title = "medlearn"
html_static_path = ["book.css"]
html_css_files = ["book.css"]
html_copy_source = False  # the sources hold folded solutions; the notebook itself is a click away
html_show_sphinx = False
html_theme_options = {
    "repository_url": sync.repository(),
    "use_repository_button": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
    "navbar_persistent": [],  # a second search field, in a bar of its own
    "show_toc_level": 1,
    "search_bar_text": "Search the book",
}
