"""The elements of a KML file, by a parser that refuses what no KML file needs."""

from collections.abc import Iterator
from xml.parsers import expat

from territory.errors import InputError

_MAX_DEPTH = 200  # of elements within elements
_MAX_ELEMENTS = 3_000_000


def root_of(content: bytes, file: str) -> "Element":
    """Return the root element of a KML file.

    Parameters
    ----------
    content : bytes
        The whole file.
    file : str
        For messages.

    Raises
    ------
    InputError
        If it is not KML, or declares a document type or entities.
    """
    return _Reader(file).read(content)


class Element:
    """An element with its line; names without the prefix of KML itself."""

    __slots__ = ("attributes", "children", "line", "pieces", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag, self.attributes, self.line = tag, attributes, line
        self.children: list[Element] = []
        self.text = ""
        self.pieces: list[str] = []

    def child(self, tag: str) -> "Element | None":
        """Return the first element of a name inside this one.

        Parameters
        ----------
        tag : str
            Name of the element, without the prefix of KML.
        """
        return next((each for each in self.children if each.tag == tag), None)

    def all(self, *tags: str) -> "list[Element]":
        """Return every element of some names inside this one.

        Parameters
        ----------
        *tags : str
            Names of elements, without the prefix of KML.
        """
        return [each for each in self.children if each.tag in tags]

    def value(self, tag: str) -> str:
        """Return the text of an element inside this one; nothing where there is none.

        Parameters
        ----------
        tag : str
            Name of the element, without the prefix of KML.
        """
        found = self.child(tag)
        return found.text.strip() if found is not None else ""

    def within(self) -> "Iterator[Element]":
        """Yield this element and everything inside it."""
        yield self
        for each in self.children:
            yield from each.within()


class _Reader:
    """Builds the tree and refuses what no KML file needs."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stack: list[Element] = []
        self.root: Element | None = None
        self.prefix = ""
        self.count = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype

    def read(self, content: bytes) -> Element:
        """Return the root."""
        try:
            self.parser.Parse(content, True)
        except expat.ExpatError as error:
            problem = f"not KML: {expat.ErrorString(error.code)}; is the file truncated?"
            raise InputError(problem, file=self.file, line=error.lineno) from None
        except (LookupError, ValueError) as error:
            raise InputError(f"not KML: {error}", file=self.file) from None
        if self.root is None:  # the parser has refused such a file already
            raise InputError("not KML", file=self.file)
        return self.root

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.root is None:
            before, colon, name = tag.rpartition(":")
            self.prefix = before + colon
            if name != "kml":
                self._refuse(f"is not KML, whatever its name says (it begins with <{tag}>)")
        if len(self.stack) > _MAX_DEPTH:
            self._refuse(f"elements are nested more than {_MAX_DEPTH} deep")
        self.count += 1
        if self.count > _MAX_ELEMENTS:
            self._refuse(f"more than {_MAX_ELEMENTS} elements")
        name = tag.removeprefix(self.prefix)
        element = Element(name, attributes, self.parser.CurrentLineNumber)
        if self.stack:
            self.stack[-1].children.append(element)
        self.root = self.root or element
        self.stack.append(element)

    def _end(self, _tag: str) -> None:
        element = self.stack.pop()
        element.text = "".join(element.pieces)
        element.pieces.clear()

    def _characters(self, text: str) -> None:
        self.stack[-1].pieces.append(text)

    def _doctype(self, *_: object) -> None:
        self._refuse("declares a document type or entities, which KML does not need")

    def _refuse(self, problem: str) -> None:
        raise InputError(problem, file=self.file, line=self.parser.CurrentLineNumber)
