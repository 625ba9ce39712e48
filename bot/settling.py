"""How the process keeps its memory: one heap, and once the start is over most of what lives is there to stay."""

import ctypes
import gc
import sys

YOUNG_OBJECTS = 1_500
YOUNG_ROUNDS = 20
OLD_ROUNDS = 20
"""Python's own are 700, 10 and 10, for small programs. More young objects would be looked through more rarely, but at
a stretch: 20,000 of them take 7 ms, in the middle of somebody's turn."""
_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h: https://man7.org/linux/man-pages/man3/mallopt.3.html. musl has one heap anyway."""


def keep_one_heap() -> None:
    """Let all threads share a heap: each would get one of its own, and what one gives back the others cannot use.

    To be called before there are threads. Python's lock leaves them little to contend for.
    """
    if sys.platform == "linux":
        choose = getattr(ctypes.CDLL(None), "mallopt", None)
        if choose is not None:
            choose(_ARENA_MAX, 1)


def settle() -> None:
    """Keep the collector off what the start has made, and give back the memory that the start alone needed.

    The libraries and the form stay until the end: to look through their 300,000 objects again and again finds nothing.
    Of a form that is later replaced the list nodes, which point at each other, therefore stay too.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)
    if sys.platform == "linux":
        give_back_free_memory()


def give_back_free_memory() -> None:
    """glibc keeps freed memory for itself: https://man7.org/linux/man-pages/man3/malloc_trim.3.html. musl does not."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
