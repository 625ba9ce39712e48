"""The desk, watched from within: SIGUSR1 begins the watching, the end of the program writes what was seen.

A thread looks at every other thread every millisecond and books the CPU time that this one has used since to the
functions it is in. Waiting costs nothing and is not seen. The watching itself takes some five percent.
"""

import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

from benchmarks.contestants.desk import lift_limits
from bot.cli import main

EVERY_SECONDS = 0.001
SWITCH_SECONDS = 0.00005
LONGEST_STACK = 200


class Sampler:
    """`own` and `within` are CPU seconds by function: in itself, and in all that it called."""

    def __init__(self) -> None:
        self.own: Counter[str] = Counter()
        self.within: Counter[str] = Counter()
        self._used: dict[int, float] = {}

    def begin(self, *_: object) -> None:
        # Else a thread is only seen where it lets go of the interpreter by itself: in the system calls it makes.
        sys.setswitchinterval(SWITCH_SECONDS)
        threading.Thread(target=self._run, daemon=True).start()

    def save(self, path: Path) -> None:
        path.write_text(json.dumps({"own": self.own, "within": self.within}), encoding="utf-8")

    def _run(self) -> None:
        mine = threading.get_ident()
        while True:
            time.sleep(EVERY_SECONDS)
            for thread, frame in sys._current_frames().items():
                if thread != mine:
                    self._book(thread, frame)

    def _book(self, thread: int, frame: FrameType) -> None:
        used = time.clock_gettime(time.pthread_getcpuclockid(thread))
        spent = used - self._used.get(thread, used)
        self._used[thread] = used
        if not spent:
            return
        stack = [_name(each) for each in _callers(frame)]
        self.own[stack[0]] += spent
        for name in set(stack):
            self.within[name] += spent


def _callers(frame: FrameType | None) -> list[FrameType]:
    stack: list[FrameType] = []
    while frame is not None and len(stack) < LONGEST_STACK:
        stack.append(frame)
        frame = frame.f_back
    return stack


def _name(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__', '?')}:{frame.f_code.co_qualname}"


if __name__ == "__main__":
    lift_limits()
    sampler = Sampler()
    signal.signal(signal.SIGUSR1, sampler.begin)
    try:
        main()
    finally:
        sampler.save(Path(os.environ["PROFILE"]))
