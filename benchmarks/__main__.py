"""`python -m benchmarks [form …] [--long]`: measure the named parts, or all; exit 1 when a bar is missed."""

import argparse
import sys
from collections.abc import Callable, Mapping

from benchmarks import form, growth, load, peers, profiling, starting

Part = Callable[[bool], tuple[str, bool]]
"""Told whether it may take long; returns what to print, and whether all its bars hold."""

PARTS: Mapping[str, Part] = {
    "form": form.report,
    "start": starting.report,
    "peers": peers.report,
    "growth": growth.report,
    "load": load.report,
    "profile": profiling.report,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all of them by default")
    parser.add_argument("--long", action="store_true", help="measure long enough for figures to be published")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.parts if name not in PARTS]
    if unknown:
        print(f"No such part: {', '.join(unknown)}. There are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    holds = True
    for name in asked.parts or PARTS:
        print(f"== {name}\n", flush=True)
        told, kept = PARTS[name](asked.long)
        print(told, end="\n\n", flush=True)
        holds &= kept
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
