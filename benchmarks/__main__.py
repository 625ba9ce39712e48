"""`python -m benchmarks [form …]`: measure the named parts, or all; exit 1 when a bar is missed."""

import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks import form
from benchmarks.measuring import Measured, table

PARTS: Mapping[str, Callable[[], Iterator[Measured]]] = {"form": form.measured}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"No such part: {', '.join(unknown)}. There are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    found = [each for name in names or PARTS for each in PARTS[name]()]
    print(table(found))
    return 0 if all(each.holds for each in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
