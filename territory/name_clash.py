"""Whether another package of the same name lies in the same folder.

The package index has a package `territory` (a client of a service for reading code), which
installs a folder `territory` and a command `territory` too. Installed after this one it puts its
files over ours, and uninstalled it takes ours away.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def clash(package: Path = _PACKAGE) -> str:
    """Return what is wrong, or nothing if this package is alone in its folder.

    Parameters
    ----------
    package : Path
        Folder of the package, beside which installers note what they installed.

    Examples
    --------
    >>> clash()
    ''
    """
    others = sorted(package.parent.glob("territory-*.dist-info"))
    if not others:
        return ""
    version = others[0].name.removesuffix(".dist-info").partition("-")[2]
    return (
        f"another package, 'territory' {version}, is installed in {package.parent}, and its files"
        " and ours lie in one folder; remove both and install this one again:"
        " pip uninstall territory territory-control; pip install territory-control"
    )
