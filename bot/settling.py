"""What is done once, when the start is over: from then on most of what lives is there to stay."""

import ctypes
import gc
import sys

YOUNG_OBJECTS = 20_000
YOUNG_ROUNDS = 20
OLD_ROUNDS = 20
"""Python's own 700, 10 and 10 are meant for small programs: a turn alone makes some thousand objects."""


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
