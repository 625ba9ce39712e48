"""Which of the processes on one database does the jobs that only one may do: polling, sending at a shared rate.

A job is held by a lease of the database, prolonged all the time. `holds` goes by our own monotonic clock, from before
the database was asked: a process that was frozen, or is cut off from the database, stops before another may begin.
On SQLite there is one process, which gets every job and loses it only with the database.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from secrets import token_hex

import structlog
from sqlalchemy import Connection

from storage import leases
from storage.database import Database

TTL_SECONDS = 7.0
"""Together with the pause between two tries and the begin of the work less than the 10 s within which a killed holder
is to be replaced."""
PROLONG_EVERY_SECONDS = 1.5

log = structlog.get_logger(__name__)


def _nothing(conn: Connection) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Job:
    """`begin` is run in the transaction that gets us the job: what the last holder left is put in order there."""

    name: str
    begin: Callable[[Connection], None] = _nothing


class Leases:
    """Gets and keeps what it can of `jobs`. `got` is called after a beat that brought one."""

    def __init__(
        self,
        database: Database,
        jobs: Sequence[Job],
        got: Callable[[], None],
        *,
        ttl_seconds: float = TTL_SECONDS,
        every_seconds: float = PROLONG_EVERY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._got = got
        self._ttl_seconds = ttl_seconds
        self._every_seconds = every_seconds
        self._clock = clock
        self._holder = token_hex(8)
        self._until: dict[str, float] = {}
        self._is_waiting: set[str] = set()

    def holds(self, name: str) -> bool:
        """Whether this process may do the job at this moment."""
        return self._until.get(name, 0.0) > self._clock()

    async def run(self) -> None:
        """Keep what we have and wait for the rest, until cancelled."""
        while True:
            began = self._clock()
            try:
                await self.beat()
            except Exception as failure:
                log.warning("leases_not_prolonged", error=type(failure).__name__)
            await asyncio.sleep(max(0.0, self._every_seconds - (self._clock() - began)))

    async def beat(self) -> None:
        """Take or prolong every lease, in one transaction. Raises what the database says."""
        since = self._clock()
        async with asyncio.timeout(self._ttl_seconds):
            taken = await self._database.write(self._take_all)
        new = [name for name in taken if not self.holds(name)]
        lost = [name for name in self._until if name not in taken]
        self._until = dict.fromkeys(taken, since + self._ttl_seconds)
        tell = log.info if self._database.has_company else log.debug
        for name in new:
            tell("lease_taken", job=name)
        for name in lost:
            log.warning("lease_lost", job=name)
        self._tell_who_waits(taken)
        if new:
            self._got()

    async def give_back(self) -> None:
        """At an orderly stop: another process may begin at once. Nothing is held from here on."""
        names = list(self._until)
        self._until = {}
        try:
            async with asyncio.timeout(self._ttl_seconds):
                await self._database.write(lambda conn: self._release(conn, names))
        except Exception as failure:
            log.warning("leases_not_given_back", error=type(failure).__name__)

    def _take_all(self, conn: Connection) -> list[str]:
        taken = []
        for job in self._jobs:
            if leases.take(conn, job.name, self._holder, self._ttl_seconds):
                taken.append(job.name)
                if not self.holds(job.name):
                    job.begin(conn)
        return taken

    def _release(self, conn: Connection, names: Sequence[str]) -> None:
        for name in names:
            leases.release(conn, name, self._holder)

    def _tell_who_waits(self, taken: Sequence[str]) -> None:
        """One line when another process turns out to have a job, none while it has it."""
        waiting = {job.name for job in self._jobs} - set(taken)
        for name in sorted(waiting - self._is_waiting):
            log.info("lease_waited_for", job=name, reason="another process has it; it is taken over when that one ends")
        self._is_waiting = waiting
