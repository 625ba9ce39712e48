"""Checking a form in a child process, so that an absurd one costs its own time and memory and chats go on.

    parent: source → zip ──stdin──► child: compile_form under limits ──stdout──► JSON → Passed | Refused | Stopped

A workbook that was sent alone gets, in the child, what lies beside the form it is to follow.

The child inherits no environment: the tokens of the desk are none of a spreadsheet's business.
"""

import asyncio
import base64
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from conversations.xlsform import FormError, FormSource, Problem, read_bundle, write_bundle
from conversations.xlsform.source import check_sizes

LIMIT_SECONDS = 60
LIMIT_BYTES = 1024 * 1024 * 1024
OUT_OF_MEMORY = 3
NICENESS = 10
LENGTH_BYTES = 8
"""The child reads the length of the first zip, the zip, and the second one up to the end."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A form that can be asked: what the database keeps of it, and what its author is warned of.

    `source` is the zip of the files it is made of, `files` the CSV texts by name, `desk` plain data.
    """

    form_id: str
    version: str
    title: str
    source: bytes
    xform: str
    files: Mapping[str, str]
    desk: Mapping[str, Any]
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Everything that is wrong with the form, warnings too."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """There is no verdict: `time`, `memory` or `failed`; of a file that never came, why (`too_big`, `unreachable`)."""

    reason: str


Verdict = Passed | Refused | Stopped


async def check_form(
    source: FormSource,
    current: bytes = b"",
    *,
    seconds: float = LIMIT_SECONDS,
    memory_bytes: int = LIMIT_BYTES,
) -> Verdict:
    """Compile the form in a child process; it is killed at the limit. Cancelling kills it, too.

    `current` is the zip of the form that `source` is to follow: its lists, and its desk where `source` has none.
    """
    bundle = await asyncio.to_thread(write_bundle, source)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.checking",
        str(int(seconds) + 1),
        str(memory_bytes),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=None if sys.platform == "win32" else {"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await child.communicate(len(bundle).to_bytes(LENGTH_BYTES) + bundle + current)
    except TimeoutError:
        return Stopped("time")
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode == OUT_OF_MEMORY:
        return Stopped("memory")
    return _read_verdict(output) if child.returncode == 0 else Stopped("failed")


def verdict_of(source: FormSource, current: FormSource | None = None) -> Passed | Refused:
    """Compile the form here and now; what it lacks is taken over from `current`."""
    from conversations.xlsform import compile_form

    try:
        compiled = compile_form(_completed(source, current))
    except FormError as wrong:
        return Refused(wrong.problems)
    form = compiled.form
    return Passed(
        form.id,
        form.version,
        form.title,
        write_bundle(compiled.source),
        compiled.xform,
        compiled.files,
        compiled.desk,
        compiled.warnings,
    )


def _completed(source: FormSource, current: FormSource | None) -> FormSource:
    if current is None:
        return source
    from conversations.xlsform.export import take_over

    too_big = check_sizes(source)
    if too_big:
        raise FormError(too_big)
    return take_over(source, current)


def _read_verdict(output: bytes) -> Verdict:
    body = json.loads(output)
    if "problems" in body:
        return Refused(tuple(Problem(**each) for each in body["problems"]))
    warnings = tuple(Problem(**each) for each in body.pop("warnings"))
    return Passed(**{**body, "source": base64.b64decode(body["source"])}, warnings=warnings)


def _write_verdict(verdict: Passed | Refused) -> bytes:
    body = asdict(verdict)
    if isinstance(verdict, Passed):
        body["source"] = base64.b64encode(verdict.source).decode()
    return json.dumps(body, ensure_ascii=False).encode()


def _limit(seconds: int, memory_bytes: int) -> None:
    """Give back the processor to the chats first, and bound what the operating system lets this process have."""
    try:
        import os
        import resource
    except ImportError:  # Windows has no such limits; the parent's clock is all there is.
        return
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _check_standard_input() -> int:
    """The child's whole life: a zip in, a verdict out. Returns the exit code."""
    _limit(int(sys.argv[1]), int(sys.argv[2]))
    try:
        try:
            length = int.from_bytes(sys.stdin.buffer.read(LENGTH_BYTES))
            source, current = read_bundle(sys.stdin.buffer.read(length)), sys.stdin.buffer.read()
            verdict = verdict_of(source, read_bundle(current) if current else None)
        except FormError as wrong:
            verdict = Refused(wrong.problems)
        sys.stdout.buffer.write(_write_verdict(verdict))
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(_check_standard_input())
