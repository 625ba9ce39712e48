"""Digests and base64. Source: https://getodk.github.io/xforms-spec/#fn:digest"""

import base64
import binascii
import hashlib

from conversations.xpath.errors import ExpressionError
from conversations.xpath.functions.signature import Function, Literals, Table
from conversations.xpath.runtime import Run
from conversations.xpath.values import Value, to_text

_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_ENCODINGS = ("base64", "hex")


def _digest(run: Run, value: Value, algorithm: Value, encoding: Value = "base64") -> Value:
    name, way = _known(to_text(algorithm), to_text(encoding))
    found = hashlib.new(name, to_text(value).encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return found.hexdigest() if way == "hex" else base64.b64encode(found.digest()).decode("ascii")


def _known(algorithm: str, encoding: str) -> tuple[str, str]:
    name = _ALGORITHMS.get(algorithm.upper())
    if name is None:
        raise ExpressionError("digest", name=algorithm)
    if encoding.lower() not in _ENCODINGS:
        raise ExpressionError("digest", name=encoding)
    return name, encoding.lower()


def _check_digest(literals: Literals) -> None:
    encoding = literals[2] if len(literals) > 2 else None
    _known(literals[1] or "MD5", encoding or "hex")


def _base64_decode(run: Run, value: Value) -> Value:
    """The text that was encoded; blank when it is no base64 of UTF-8."""
    try:
        return base64.b64decode(to_text(value), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


TABLE: Table = {
    "digest": Function(2, 3, _digest, check=_check_digest),
    "base64-decode": Function(1, 1, _base64_decode),
}
