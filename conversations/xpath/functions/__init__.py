"""The functions of the language, by name. Source: XLSForm in chat, „Functions supported“; meanings as in
https://getodk.github.io/xforms-spec/#xpath-functions where that page says nothing.
"""

from conversations.xpath.functions import chance, dates, encoding, lists, logic, lookups, maths, text
from conversations.xpath.functions.signature import Function, Table

FUNCTIONS: Table = {
    **logic.TABLE,
    **maths.TABLE,
    **text.TABLE,
    **dates.TABLE,
    **lists.TABLE,
    **lookups.TABLE,
    **chance.TABLE,
    **encoding.TABLE,
}
UNSUPPORTED = frozenset(
    {"area", "distance", "geofence", "version", "lang", "id", "local-name", "name", "namespace-uri"}
)
"""Functions of XPath and XForms that the desk refuses by name, rather than as a misspelling."""

__all__ = ["FUNCTIONS", "UNSUPPORTED", "Function"]
