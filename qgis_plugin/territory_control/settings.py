"""The names of what is set under Settings, Options, Processing, Providers."""

from __future__ import annotations

GROUP = "Territory"
COMMAND = "TERRITORY_COMMAND"
