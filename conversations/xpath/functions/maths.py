"""Numbers. What has no value is NaN, which reads as blank; nothing here raises."""

import math
from collections.abc import Callable

from conversations.xpath.functions.signature import Function, Table
from conversations.xpath.numbers import NAN, round_half_up
from conversations.xpath.runtime import Run
from conversations.xpath.values import Value, to_number


def _of_number(compute: Callable[[float], float]) -> Callable[[Run, Value], Value]:
    """A function of one number: outside its domain NaN, beyond the largest float infinity."""

    def call(run: Run, value: Value) -> Value:
        try:
            return float(compute(to_number(value, run.zone)))
        except ValueError:
            return NAN
        except OverflowError:
            return math.inf

    return call


def _whole(cut: Callable[[float], int]) -> Callable[[float], float]:
    return lambda number: float(cut(number)) if math.isfinite(number) else number


def _logarithm(compute: Callable[[float], float]) -> Callable[[float], float]:
    return lambda number: -math.inf if number == 0 else compute(number)


def _round(run: Run, value: Value, places: Value = 0.0) -> Value:
    count = to_number(places, run.zone)
    return round_half_up(to_number(value, run.zone), int(count)) if math.isfinite(count) else NAN


def _pow(run: Run, base: Value, exponent: Value) -> Value:
    try:
        return math.pow(to_number(base, run.zone), to_number(exponent, run.zone))
    except ValueError:
        return math.inf if to_number(base, run.zone) == 0 else NAN
    except OverflowError:
        return math.inf


def _atan2(run: Run, y: Value, x: Value) -> Value:
    return math.atan2(to_number(y, run.zone), to_number(x, run.zone))


_OF_ONE_NUMBER: dict[str, Callable[[float], float]] = {
    "int": _whole(math.trunc),
    "floor": _whole(math.floor),
    "ceiling": _whole(math.ceil),
    "abs": math.fabs,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "exp10": lambda number: math.pow(10.0, number),
    "log": _logarithm(math.log),
    "log10": _logarithm(math.log10),
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
}

TABLE: Table = {
    **{name: Function(1, 1, _of_number(compute)) for name, compute in _OF_ONE_NUMBER.items()},
    "number": Function(0, 1, lambda run, value: to_number(value, run.zone), or_here=True),
    "round": Function(1, 2, _round),
    "pow": Function(2, 2, _pow),
    "atan2": Function(2, 2, _atan2),
    "pi": Function(0, 0, lambda run: math.pi),
}
