"""Equal models are compiled once: tests quantize the same few toys, and half of what that costs is compiling.

What a compiled model computes never changes, and each of its inference requests has memory and states of its own, so
nothing passes from one test to the next. Tests of faults that show in first inferences, and of runs that shall be
independent, ask for ``compiled_anew``; processes that a test starts compile as users do.
"""

import functools
import hashlib
import os
import re
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

import openvino as ov
from openpot.graph.node_index import bodies

MOST_MODELS = 64
MOST_BYTES = 200_000_000
"""Of the weights of all models that are kept."""

_NUMBERED_CONSTANT = re.compile(rb'name="Constant_\d+"')
_WRITER = re.compile(rb'<info name="OpenVINO Runtime"[^>]*/>|</?rt_info(?: /)?>|\s')


def _drop_chance(graph):
    """The text of an IR without what differs between equal models: numbers in names of constants, and who wrote it."""
    body, end, notes = graph.rpartition(b"</edges>")
    return _NUMBERED_CONSTANT.sub(b"", body) + end + _WRITER.sub(b"", notes)


class KeptCompilations:
    """Compiled models by what they were compiled from; those that nobody asked for the longest go first."""

    def __init__(self):
        in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self._folder = tempfile.TemporaryDirectory(prefix="openpot-tests-", dir=in_memory)
        self._lock = threading.Lock()
        self._kept = OrderedDict()

    def find(self, key):
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key, (None, 0))[0]

    def keep(self, key, compiled, size):
        with self._lock:
            self._kept[key] = compiled, size
            while len(self._kept) > MOST_MODELS or sum(size for _, size in self._kept.values()) > MOST_BYTES:
                self._kept.popitem(last=False)

    def describe(self, model):
        """The bytes of a model's files with the keys of attributes that no file keeps, as a hash, and their number."""
        weights, graph = (Path(self._folder.name, f"{threading.get_ident()}.{kind}") for kind in ("bin", "xml"))
        ov.serialize(model, graph, weights)
        digest = hashlib.sha256(_drop_chance(graph.read_bytes()))
        digest.update(weights.read_bytes())
        for part in (model, *bodies(model).values()):
            for number, node in enumerate(part.get_ordered_ops()):
                attributes = node.get_rt_info()
                if len(attributes) and node.get_type_name() != "Constant":  # of these a file keeps all that matters
                    digest.update(repr((number, sorted(attributes.keys()))).encode())
        return digest.hexdigest(), weights.stat().st_size


def keep_compilations():
    """Let every runtime of this process compile models that are equal, with equal properties, once."""
    kept = KeptCompilations()
    compile_anew = ov.Core.compile_model

    @functools.wraps(compile_anew)
    def compile_model(core, model, device_name=None, config=None, **others):
        if others or not isinstance(model, ov.Model):
            return compile_anew(core, model, device_name, config, **others)
        digest, size = kept.describe(model)
        key = digest, device_name, repr(sorted((config or {}).items()))
        compiled = kept.find(key)
        if compiled is None:
            compiled = compile_anew(core, model, device_name, config)
            kept.keep(key, compiled, size)
        return ov.CompiledModel(compiled)  # with a request of its own for calls

    ov.Core.compile_model = compile_model
