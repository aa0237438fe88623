"""How coordinates are written in a CRS: to the micrometre."""

from dataclasses import dataclass

from pyproj import CRS


@dataclass(frozen=True)
class Digits:
    """How coordinates are written in a CRS.

    Attributes
    ----------
    unit : str
        Of the CRS, in words.
    decimals : int
        Of the unit: a micrometre.
    straight : float
        Points that lie no farther off a line only divide it; in the unit.
    chord : float
        How far a chord may lie off its curve, in the unit; above the bound to which the plane
        itself is divided.
    """

    unit: str
    decimals: int
    straight: float
    chord: float

    def __str__(self) -> str:
        """Return the last digit, with its unit."""
        return f"1e-{self.decimals} {self.unit}"


def digits_of(crs: CRS) -> Digits:
    """Return how coordinates are written in a CRS.

    Parameters
    ----------
    crs : CRS
        Geographic or projected.

    Examples
    --------
    >>> str(digits_of(CRS.from_epsg(4326)))
    '1e-11 degrees'
    """
    if crs.is_geographic:
        return Digits("degrees", 11, 1e-12, 1.5e-8)
    axis = crs.axis_info[0]
    return Digits(f"{axis.unit_name}s", 6, 1e-7, 1.5e-3 / axis.unit_conversion_factor)
