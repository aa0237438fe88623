"""From what the page knows to one HTML file that loads nothing.

Scripts and styles stand in ``static``, in the order of their names; the drawing library in
``vendor``. Text from data reaches the page as JSON and is only ever set as text.
"""

from importlib import resources
from typing import Any

import orjson

from territory.extras import require
from territory.languages import reads_rtl

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)
_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def document(content: dict[str, Any]) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    content : dict
        As `territory.publish.page.content.content` makes it.
    """
    require("page")
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("territory.publish.page", "static"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2").render(
        title=content["title"],
        language=content["language"],
        direction="rtl" if reads_rtl(content["language"]) else "ltr",
        policy=POLICY,
        no_script=content["words"][content["language"]]["no_script"],
        style=Markup(_text("static", "style.css")),
        library=Markup(_text("vendor", "d3.min.js")),
        scripts=[Markup(script) for script in _scripts()],
        data=Markup(json_in_html(content)),
    )


def json_in_html(content: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    r"""Return JSON that can stand inside a script element.

    Parameters
    ----------
    content : object
        Anything that JSON can hold; keys may be numbers.

    Examples
    --------
    >>> json_in_html("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def _text(folder: str, name: str) -> str:
    return resources.files("territory.publish.page").joinpath(folder, name).read_text("utf-8")


def _scripts() -> list[str]:
    folder = resources.files("territory.publish.page").joinpath("static")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".js"))
    return [_text("static", name) for name in names]
