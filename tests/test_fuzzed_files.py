"""Files with some bytes changed are read, or refused with an error of openpot's: nothing else comes out.

Long runs: ``HYPOTHESIS_EXAMPLES=100000 pytest tests/test_fuzzed_files.py``, or ``make fuzz``, led by coverage.
"""

import json
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import openvino as ov
from onnx_models import conv_bn_relu
from openpot.config.config_file import read_config_file
from openpot.config.run import parse_run
from openpot.data.source import open_data_source
from openpot.errors import OpenPotError
from openpot.graph.read import read_model
from openpot.job.known_names import collect_known_names
from openpot.saved_files import verify_saved
from toy_models import images, tiny_cnn

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "25"))
SHORT = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 1000, suppress_health_check=[HealthCheck.too_slow]
)
CONFIG = {
    "model": {"model_name": "net", "model": "net.xml", "weights": "net.bin"},
    "engine": {"type": "openpot", "data": {"npz": "data.npz"}},
    "compression": {"algorithms": [{"name": "DefaultQuantization", "params": {"preset": "mixed"}}]},
}
PLACES = st.floats(0, 1, exclude_max=True)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("set"), PLACES, st.binary(min_size=1, max_size=1)),
        st.tuples(st.just("insert"), PLACES, st.binary(min_size=1, max_size=8)),
        st.tuples(st.just("cut"), PLACES, st.binary(min_size=1, max_size=40)),
        st.tuples(st.just("end"), PLACES, st.just(b"")),
    ),
    min_size=1,
    max_size=6,
)


def change(content, changes):
    made = bytearray(content)
    for kind, share, part in changes:
        place = int(share * len(made))
        if kind == "set":
            made[place : place + 1] = part
        elif kind == "insert":
            made[place:place] = part
        elif kind == "cut":
            del made[place : place + len(part)]
        else:
            del made[place:]
    return bytes(made)


def write_files(folder, name):
    """Whole files of every kind; a record of a result only where that is what is read."""
    ov.save_model(tiny_cnn(), folder / "net.xml", compress_to_fp16=False)
    conv_bn_relu(folder / "net.onnx")
    np.savez(folder / "data.npz", data=np.stack(images(4)))
    np.save(folder / "data.npy", np.stack(images(4)))
    (folder / "run.yaml").write_text(json.dumps(CONFIG))
    (folder / "config.json").write_text("// a run\n" + json.dumps(CONFIG, indent=2))
    if name == "run.json":
        (folder / name).write_text(json.dumps({"files": {"net.bin": "0" * 64}}))


def open_samples(path):
    loader = open_data_source(path)
    return [loader[number] for number in range(len(loader))]


def read_run(path):
    return parse_run(read_config_file(path), collect_known_names())


READERS = {
    "net.xml": read_model,
    "net.bin": lambda path: read_model(path.with_suffix(".xml")),
    "net.onnx": read_model,
    "data.npz": open_samples,
    "data.npy": open_samples,
    "run.yaml": read_run,
    "config.json": read_run,
    "run.json": lambda path: verify_saved(path.parent),
}


def read_or_refuse(path):
    """Read a file; only errors of openpot's may come out, with words."""
    try:
        READERS[path.name](path)
    except OpenPotError as error:
        assert str(error)


@pytest.mark.parametrize("name", READERS)
def test_a_changed_file_is_read_or_refused(tmp_path, name):
    write_files(tmp_path, name)
    good = (tmp_path / name).read_bytes()

    @SHORT
    @given(changes=CHANGES)
    def look(changes):
        (tmp_path / name).write_bytes(change(good, changes))
        read_or_refuse(tmp_path / name)

    look()
