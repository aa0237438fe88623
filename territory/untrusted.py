"""Text and addresses from data, made fit to be put into a page.

Whoever writes a claims file or a layer must not be able to turn the words around them, nor
to have a reader run anything.
"""

import re
import unicodedata
from urllib.parse import urlsplit

_SPACE = re.compile(r"[^\S\u00a0]+")  # a figure and its unit stay on one line
_JOINERS = "\u200c\u200d"  # Persian and Kurdish spelling needs them


def clean(text: str) -> str:
    r"""Return text from data without control codes and direction overrides, on one line.

    Parameters
    ----------
    text : str
        Any. Joiners that Persian and Kurdish spelling needs stay.

    Examples
    --------
    >>> clean("a\x07 b\n\tc")
    'a b c'
    """
    safe = (c for c in text if c.isspace() or c in _JOINERS or unicodedata.category(c)[0] != "C")
    return _SPACE.sub(" ", "".join(safe)).strip()


def web_address(url: str) -> str:
    """Return an address that is safe to link to, or nothing.

    Parameters
    ----------
    url : str
        Any.

    Returns
    -------
    str
        The same where it is http or https with a host; else empty.

    Examples
    --------
    >>> web_address("javascript:alert(1)"), web_address("https://example.org/a")
    ('', 'https://example.org/a')
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""
