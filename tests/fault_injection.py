"""Counts the calls of a run that can fail, by kind, and lets the n-th one fail."""

import builtins
import errno
import io
import os
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import openvino as ov
from openpot import folder_swap
from openpot.graph.model_digest import model_digest

IO_ERROR = OSError(errno.EIO, "Input/output error")
FULL_DISK = OSError(errno.ENOSPC, "No space left on device")


class FaultInjection:
    """Watches calls of disks and devices; those of metrics report themselves with :meth:`call`.

    Args:
        patch: pytest's ``monkeypatch``.
        folder: only writes below it count.

    Attributes:
        calls: how many of each kind there were: ``write``, ``rename``, ``fsync``, ``inference``, ``metric``.
    """

    def __init__(self, patch, folder):
        self.calls, self._folder = Counter(), str(folder)
        self._kind, self._n = None, 0
        self._watch_files(patch)
        for name in ("infer", "start_async"):
            self._watch(patch, ov.InferRequest, name, "inference", RuntimeError("the device is gone"))

    @contextmanager
    def failing(self, kind, n):
        """Let the n-th call of a kind fail in this block; yields what says whether it was reached."""
        self.calls.clear()
        self._kind, self._n = kind, n
        try:
            yield lambda: self.calls[kind] >= n
        finally:
            self._kind = None

    def call(self, kind, fault):
        """Count a call, or let it fail."""
        self.calls[kind] += 1
        if kind == self._kind and self.calls[kind] == self._n:
            raise fault

    def _watch(self, patch, owner, name, kind, fault):
        original = getattr(owner, name)

        def call(*args, **kwargs):
            self.call(kind, fault)
            return original(*args, **kwargs)

        patch.setattr(owner, name, call)

    def _watch_files(self, patch):
        for name in ("rename", "replace"):
            self._watch(patch, os, name, "rename", IO_ERROR)
        patch.setattr(os, "fsync", lambda handle: self.call("fsync", IO_ERROR))  # nothing is cut off here: no wait
        exchange, save_model, open_file = folder_swap._exchange, ov.save_model, io.open

        def watched_exchange(*paths):
            self.call("rename", IO_ERROR)
            return exchange(*paths)

        def watched_save(model, path, **choices):
            save_model(model, path, **choices)
            try:
                self.call("write", RuntimeError("basic_ios::clear: iostream error"))
            except RuntimeError:
                os.truncate(path, Path(path).stat().st_size // 2)
                raise

        def watched_open(file, mode="r", *args, **kwargs):
            opened = open_file(file, mode, *args, **kwargs)
            is_ours = isinstance(file, str | os.PathLike) and os.fspath(file).startswith(self._folder)
            return WatchedFile(opened, self) if is_ours and set(mode) & set("wax+") else opened

        patch.setattr(folder_swap, "_exchange", watched_exchange)
        patch.setattr(ov, "save_model", watched_save)
        for owner in (io, builtins):
            patch.setattr(owner, "open", watched_open)


class WatchedFile:
    """A file whose writes are counted; the one that fails writes half of its content."""

    def __init__(self, file, faults):
        self._file, self._faults = file, faults

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._file.close()

    def write(self, content):
        try:
            self._faults.call("write", FULL_DISK)
        except OSError:
            self._file.write(content[: len(content) // 2])
            raise
        return self._file.write(content)


def share_compiled_models(patch):
    """Compile each model once, however many runs ask for it: what is compiled does not change."""
    compiled, compile_model = {}, ov.Core.compile_model

    def compile_once(core, model, device, properties):
        key = (model_digest(model), device, repr(sorted((name, str(value)) for name, value in properties.items())))
        if key not in compiled:
            compiled[key] = compile_model(core, model, device, properties)
        return compiled[key]

    patch.setattr(ov.Core, "compile_model", compile_once)
