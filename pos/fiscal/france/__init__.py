"""France: signed and chained tickets, and what the law has printed (CGI art. 286 I 3° bis).

The inalterability, security, conservation and archiving conditions rest on the journal; this
plug-in adds the TICKET chain whose extract is printed. Its version changes only when a parameter
of those conditions does. It claims no certification.
"""

from pos.fiscal.france.rules import FranceRules

__all__ = ["FranceRules"]
