"""Where a row of a table stands: the line of a file, or the row of a frame in memory."""

from dataclasses import dataclass

from territory.errors import InputError


@dataclass(frozen=True)
class Position:
    """Where a row of a table stands, for messages.

    Attributes
    ----------
    file : str
        The file as the user named it, or what a frame is called.
    number : int
        Its line in a file, counted from 1 with the header as line 1, or its row in a frame,
        counted from 1.
    is_file : bool
        Whether it stands in a file.

    Examples
    --------
    >>> print(Position("holders.csv", 7)), print(Position("holders", 6, is_file=False))
    line 7
    row 6
    (None, None)
    """

    file: str
    number: int
    is_file: bool = True

    def __str__(self) -> str:
        """Return what it is called in a message that names the file already."""
        return f"{'line' if self.is_file else 'row'} {self.number}"

    def beside(self, other: "Position") -> str:
        """Return what it is called in a message about another row.

        Parameters
        ----------
        other : Position
            Of the row that the message is about; it may stand in another file.

        Examples
        --------
        >>> Position("a.csv", 7).beside(Position("a.csv", 9))
        'line 7'
        >>> Position("a.csv", 7).beside(Position("b.csv", 9))
        'line 7 of a.csv'
        """
        return str(self) if self.file == other.file else f"{self} of {self.file}"

    def error(self, problem: str) -> InputError:
        """Return the error about the row.

        Parameters
        ----------
        problem : str
            What was found and what to do about it.
        """
        if self.is_file:
            return InputError(problem, file=self.file, line=self.number)
        return InputError(problem, file=self.file, feature=counted_row(self.number))


def counted_row(number: int) -> str:
    """Return what the row of a frame is called where a feature would be named.

    Parameters
    ----------
    number : int
        Counted from 1.

    Examples
    --------
    >>> counted_row(3)
    '3 (counted from 1)'
    """
    return f"{number} (counted from 1)"
