"""What ground is painted with, on a map and in files that other programs draw."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from territory.maps.style import INK, Style, lightness, shade, tint

if TYPE_CHECKING:
    from matplotlib.patches import Patch

_DARK_FILL = 45  # CIE lightness
_DARK_RULE = 0.35  # black mixed into a fill for its outline


@dataclass(frozen=True)
class Paint:
    """How ground is filled, hatched and outlined; widths in points.

    Attributes
    ----------
    is_line : bool
        Whether this is the look of a line, which has an edge and no fill.
    """

    fill: str
    edge: str
    hatch: str = ""
    hatch_colour: str = INK
    edge_width: float = 0.8
    hatch_width: float = 0.9
    is_line: bool = False

    @classmethod
    def of(cls, style: Style) -> "Paint":
        """Return the fill of a style, hatched in a darker or lighter tone of its colour.

        Parameters
        ----------
        style : Style
            Of a holder.
        """
        return cls(
            style.colour, shade(style.colour, _DARK_RULE), style.hatch, _hatch_on(style.colour)
        )

    def apply(self, patch: "Patch") -> "Patch":
        """Give a patch this look and return it.

        Parameters
        ----------
        patch : Patch
            It is changed.
        """
        patch.set(facecolor=self.fill, edgecolor=self.edge, linewidth=self.edge_width)
        if self.hatch:
            patch.set(hatch=self.hatch, hatchcolor=self.hatch_colour)
            patch.set_hatch_linewidth(self.hatch_width)
        return patch


def _hatch_on(colour: str) -> str:
    """Return a lighter tone for the hatch on a dark fill and a darker one on a light fill."""
    return tint(colour, 0.55) if lightness(colour) < _DARK_FILL else shade(colour, 0.5)
