"""Files are read in a process of their own, which may fail without harm.

Plain text, Markdown and WebVTT up to `Limits.in_process_bytes` are read here: their parsers are
ours, take linear time and hold no more than a few copies of the text, and a round trip would
double the cost of the common case. Everything else goes to a child, which is started with the
first such file and kept for many.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingest.documents.document import DEFAULT_LIMITS, Document, Limits
from ingest.documents.frames import read_frame, write_frame
from ingest.documents.reading import TEXT_SUFFIXES, check_file, read_document
from kam_knowledge.errors import DocumentError

_START_SECONDS = 120.0  # a cold disk, and libraries that have never been compiled
_KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "TMPDIR", "TEMP")


class Reader:
    """Reads files within limits; safe to share between threads.

    `children` processes read at the same time; each is started when it is first needed, and
    replaced when it fails, runs over a limit or has read `Limits.files_per_child` files.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS, *, children: int = 1) -> None:
        self._limits = limits
        self._children = [_Child(limits) for _ in range(children)]
        self._free: queue.LifoQueue[_Child] = queue.LifoQueue()
        self._closed = False
        for child in self._children:
            self._free.put(child)

    def read(self, path: Path) -> list[Document]:
        """The documents in the file, as `read_document` gives them.

        Raises DocumentError when it gives no text or runs over a limit, ValueError when the
        reader is closed.
        """
        if self._closed:
            raise ValueError("the reader is closed")
        size = check_file(path, self._limits)
        if path.suffix.lower() in TEXT_SUFFIXES and size <= self._limits.in_process_bytes:
            return read_document(path, self._limits)
        child = self._free.get()
        try:
            return child.read(path)
        finally:
            self._free.put(child)

    @property
    def process_ids(self) -> list[int]:
        """The ids of the processes that are alive now."""
        return [pid for child in self._children if (pid := child.process_id) is not None]

    def close(self) -> None:
        """End the children. A file that is being read fails."""
        self._closed = True
        for child in self._children:
            child.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Child:
    """One reading process, and the next one when it is gone."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._files_read = 0

    @property
    def process_id(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def read(self, path: Path) -> list[Document]:
        process = self._running()
        request = {"path": os.fspath(path.absolute())}
        reply, in_time = self._ask(process, request, self._limits.seconds)
        if reply is None:
            status = self.end(grace=5.0)  # its pipe closes a moment before its status is known
            raise _stopped(status, in_time, self._limits)
        self._files_read += 1
        if reply.get("spent") or self._files_read >= self._limits.files_per_child:
            self.end()
        if "problem" in reply:
            raise DocumentError(str(reply["problem"]), str(reply.get("next_step", "")))
        try:
            return [Document.from_json(values) for values in reply["documents"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.end()
            raise _stopped(None, True, self._limits) from error

    def end(self, grace: float = 0.0) -> int | None:
        """End the process, after `grace` seconds to go of itself.

        Returns its exit status, negative for the signal that ended it; None if there was none.
        """
        process, self._process = self._process, None
        if process is None:
            return None
        try:
            status = process.wait(timeout=grace)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return status

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.end()
        environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
        environment |= {
            "PYTHONPATH": os.pathsep.join(
                str(Path(entry).absolute()) for entry in sys.path if entry
            ),
            "PYTHONUTF8": "1",
            "MALLOC_ARENA_MAX": "2",  # each arena of another thread would cost address space
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        process = self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ingest.documents.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=tempfile.gettempdir(),
            start_new_session=True,  # Ctrl-C is for the parent to answer
        )
        self._files_read = 0
        ready, _ = self._ask(process, self._limits.to_json(), _START_SECONDS)
        if ready is None:
            self.end()
            raise DocumentError(
                "The process that reads documents does not start.",
                "Install the project again; `kam doctor` says what is missing.",
            )
        return process

    def _ask(
        self, process: subprocess.Popen[bytes], message: dict[str, Any], seconds: float
    ) -> tuple[dict[str, Any] | None, bool]:
        """(the reply, or None when the process is gone or babbles; whether it had time left)."""
        if process.stdin is None or process.stdout is None:
            raise ValueError("the process has no pipes")
        deadline = _Deadline(process, seconds)
        try:
            write_frame(process.stdin, message)
            reply = read_frame(process.stdout, 8 * self._limits.text_characters + 1_000_000)
        except (OSError, ValueError):
            reply = None
        except BaseException:  # Ctrl-C: the file is not waited for
            self.end()
            raise
        finally:
            deadline.done()
        return reply, not deadline.has_passed


class _Deadline:
    """Kills a process when its time is over, unless it was done before."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.has_passed = False
        self._process = process
        self._is_done = False
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True
        self._timer.start()

    def done(self) -> None:
        """The process has answered or is gone: it will not be killed any more."""
        with self._lock:
            self._is_done = True
        self._timer.cancel()

    def _pass(self) -> None:
        with self._lock:
            if not self._is_done:
                self.has_passed = True
                self._process.kill()


def _stopped(status: int | None, in_time: bool, limits: Limits) -> DocumentError:
    """What to say when the process did not answer."""
    out_of_time = -signal.SIGXCPU if hasattr(signal, "SIGXCPU") else None
    if not in_time or (status is not None and status == out_of_time):
        seconds = limits.seconds if not in_time else limits.cpu_seconds
        return DocumentError(
            f"Reading the file takes longer than {seconds:g} s.",
            "Part it into several files, or save it as text.",
        )
    return DocumentError(
        "The file stopped the process that read it: it needs too much memory or is damaged.",
        "Open it in its program, save it again or part it.",
    )
