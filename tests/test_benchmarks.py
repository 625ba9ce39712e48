"""The benchmarks say what they measured; that they hold is for a quiet machine to show."""

import pytest

from benchmarks.__main__ import PARTS, main
from benchmarks.measuring import Measured, measure, shown, table


def test_a_measurement_is_told_with_its_bar_and_its_verdict():
    assert table([Measured("load", 0.32, 1.0), Measured("search", 0.0125, 0.01)]) == (
        "measured  value    bar      verdict\n"
        "--------  -------  -------  -------\n"
        "load      320 ms   < 1 s    holds\n"
        "search    12.5 ms  < 10 ms  MISSED"
    )


@pytest.mark.parametrize(("seconds", "text"), [(2.5, "2.5 s"), (0.0004, "400 µs"), (0.0000002, "0.2 µs")])
def test_a_duration_is_shown_in_the_unit_that_fits(seconds: float, text: str):
    assert shown(seconds) == text


def test_the_work_is_done_so_many_times_in_each_round():
    calls: list[int] = []
    result = measure("nothing", 1.0, lambda: calls.append(1), rounds=3, times=4)
    assert len(calls) == 12
    assert result.holds


def test_a_part_that_does_not_exist_is_told_with_those_that_do(capsys: pytest.CaptureFixture[str]):
    assert main(["fast"]) == 2
    assert capsys.readouterr().err == f"No such part: fast. There are: {', '.join(PARTS)}.\n"
