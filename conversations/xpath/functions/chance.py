"""Chance that can be repeated: everything is drawn from the draft's seed.

A draw follows from the seed, the node it is for, the expression's text and which draw of the evaluation it is, so the
same draft gives the same value however often and on whichever machine it is computed.
"""

import hashlib
import math

from conversations.xpath.functions.signature import Function, Table
from conversations.xpath.nodes import Node
from conversations.xpath.numbers import read_number
from conversations.xpath.runtime import Run
from conversations.xpath.values import Value, to_number, to_text

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FLOAT_BITS = 53
_MODULUS = 2**31 - 1
_MULTIPLIER = 16_807


def _draw(run: Run) -> bytes:
    """32 bytes, other ones at each call within a run."""
    run.draws += 1
    key = f"{run.environment.seed}\n{run.current.path()}\n{run.text}\n{run.draws}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _random(run: Run) -> Value:
    return (int.from_bytes(_draw(run)[:8], "big") >> (64 - _FLOAT_BITS)) / 2.0**_FLOAT_BITS


def _uuid(run: Run, length: Value | None = None) -> Value:
    """A version 4 UUID; with an argument, so many letters and digits."""
    if length is None:
        drawn = bytearray(_draw(run)[:16])
        drawn[6] = drawn[6] & 0x0F | 0x40
        drawn[8] = drawn[8] & 0x3F | 0x80
        digits = drawn.hex()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    count = to_number(length, run.zone)
    if not 1 <= count < math.inf:
        return ""
    run.spend(math.ceil(count))
    signs = b"".join(_draw(run) for _ in range(int(count) // 32 + 1))[: int(count)]
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in signs)


def _seed(value: Value) -> int:
    """A number cut to whole; any other text by its SHA-256."""
    text = to_text(value)
    number = value if isinstance(value, float) else read_number(text)
    if math.isfinite(number):
        return int(number)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def _randomize(run: Run, nodes: Value, seed: Value | None = None) -> Value:
    """The nodes shuffled: Fisher and Yates' way inside out, with Park and Miller's generator.

    The same seed gives the same order as in other engines, which have it so, too.
    Source: https://getodk.github.io/xforms-spec/#fn:randomize
    """
    found = nodes if isinstance(nodes, list) else []
    run.spend(len(found))
    state = _first_state(_seed(seed) if seed is not None else int.from_bytes(_draw(run)[:8], "big"))
    shuffled: list[Node] = []
    for place, node in enumerate(found):
        state = state * _MULTIPLIER % _MODULUS
        other = int((state - 1) / (_MODULUS - 1) * (place + 1))
        shuffled.append(node)
        shuffled[place], shuffled[other] = shuffled[other], node
    return shuffled


def _first_state(seed: int) -> int:
    """The generator's state before the first draw: what the division leaves has the seed's own sign."""
    state = seed % _MODULUS if seed >= 0 else -(-seed % _MODULUS)
    return state if state > 0 else state + _MODULUS - 1


TABLE: Table = {
    "random": Function(0, 0, _random),
    "uuid": Function(0, 1, _uuid),
    "randomize": Function(1, 2, _randomize, nodes=(0,)),
}
