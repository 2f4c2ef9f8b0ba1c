"""A Dask cluster in place of the processes of this machine. Needs the extra ``dask``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from lunarchain.errors import InputError, Issue

_CONNECT_S = 20


@contextmanager
def connected(scheduler: Any) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """An executor on the cluster, and how many tasks it can run at once by now.

    ``scheduler`` is an address such as ``tcp://host:8786``, a Dask cluster object, or a client. Raises ``InputError``
    when Dask is not installed or the scheduler does not answer.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            [Issue("command line", "--scheduler", "no dask", "pip install 'lunarchain[dask]'")]
        ) from None
    client = scheduler if isinstance(scheduler, Client) else _client(Client, scheduler)
    try:
        # not pure, never retried: what a case may cost is limited where it runs, and a lost worker is a row
        yield client.get_executor(pure=False, retries=0), lambda: max(1, sum(client.nthreads().values()))
    finally:
        if client is not scheduler:
            client.close()


def _client(kind: Any, scheduler: Any) -> Any:
    try:
        return kind(scheduler, timeout=_CONNECT_S)
    except (OSError, ValueError) as error:
        expected = "the address of a running scheduler, such as tcp://127.0.0.1:8786"
        raise InputError(
            [Issue("command line", "--scheduler", f"'{scheduler}' ({error})", expected)]
        ) from None
