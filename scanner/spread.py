"""One piece of work for each of many things, on all processors, in order.

Children are forked: they have what the parent has, and only what comes back is sent.  A child
waits when nobody takes what it has made, so memory stays flat.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MANY = 24  # things for which a child is worth its start
SELDOM = (200_000, 20, 20)  # when a child collects garbage: it makes millions of small objects
MOST = 4  # children: each has memory of its own


class ChildDied(Exception):
    """A child ended before its work: out of memory, or killed."""


def spread(
    do: Callable[[T], R], things: Sequence[T], begin: Callable[[], object] = lambda: None
) -> Iterator[R]:
    """`do(thing)` of each, in order.  Raises what `do` raises, and `ChildDied`.

    `begin` is called in each child first: connections must not be shared.  With few things, on one
    processor, or where a process with threads can't be forked, all is done here.
    """
    hands = min(len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1, MOST)
    if hands < 2 or len(things) < MANY or threading.active_count() > 1:
        yield from map(do, things)
        return
    context = multiprocessing.get_context("fork")
    readers: list[Connection] = []
    children = []
    try:
        for hand in range(hands):
            reader, writer = context.Pipe(duplex=False)
            readers.append(reader)
            work = (do, things[hand::hands], begin, writer, tuple(readers))
            child = context.Process(target=_work, args=work, daemon=True)
            child.start()
            children.append(child)
            writer.close()
        for place in range(len(things)):
            yield _next(readers[place % hands])
    finally:
        for child in children:
            child.terminate()
            child.join()
        for reader in readers:
            reader.close()


def _next(reader: Connection) -> Any:
    try:
        result, error = reader.recv()
    except EOFError:
        raise ChildDied("a child of this program ended before its work") from None
    if error is not None:
        raise error
    return result


def _work(
    do: Callable[[Any], Any],
    things: Sequence[Any],
    begin: Callable[[], object],
    writer: Connection,
    readers: Sequence[Connection],
) -> None:
    """A child's life.  It ends when the parent is gone: nobody else may hold the reading ends."""
    for reader in readers:
        reader.close()
    gc.set_threshold(*SELDOM)
    gc.freeze()  # what the parent had is looked through no more
    begin()
    for thing in things:
        try:
            result, error = do(thing), None
        except Exception as raised:  # noqa: BLE001  # it is raised again in the parent
            result, error = None, raised
        try:
            writer.send((result, error))
        except BrokenPipeError:
            return
