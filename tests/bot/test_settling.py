"""What the start leaves behind is not looked through again, and threads share one heap."""

import gc
import platform
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.settling import settle

COUNTS_HEAPS = """
import ctypes, threading
from bot.settling import keep_one_heap

if {kept}:
    keep_one_heap()
barrier = threading.Barrier(4)
threads = [threading.Thread(target=lambda: (bytearray(10_000), barrier.wait())) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_lives_when_the_start_is_over_is_kept_from_the_collector_which_looks_less_often() -> None:
    before = gc.get_threshold()
    made = [["a list", number] for number in range(1000)]
    settle()
    assert gc.get_freeze_count() > len(made)
    assert all(new > old for new, old in zip(gc.get_threshold(), before, strict=True))


def test_what_comes_later_is_collected_as_before() -> None:
    settle()
    circle: list[object] = []
    circle.append(circle)
    del circle
    assert gc.collect() >= 1


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has heaps, and tells them")
@pytest.mark.parametrize("kept", [False, True])
def test_threads_have_no_heaps_of_their_own_when_one_is_kept(kept: bool) -> None:
    code = COUNTS_HEAPS.format(kept=kept)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert (told.count("<heap nr=") == 1) is kept
