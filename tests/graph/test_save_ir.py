import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import openvino as ov
from forked_processes import ForkedProcesses
from openpot import atomic_files
from openpot.errors import FileError, NotWritableError
from openpot.graph import save_ir, swap_ir
from openpot.graph.same_model import find_first_difference
from openpot.graph.save_ir import NamedModel, save_models
from openvino import opset13 as op
from toy_models import if_model, images, loop_model, run, tiny_cnn

CALLS = ("replace", "fsync", "mkdir")
DATA = images(1)[0][None]
OLD, NEW = tiny_cnn(1), tiny_cnn(2, channels=12)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def read(path):
    return ov.Core().read_model(path)


def state(path):
    model = read(path)
    return (
        "old" if not find_first_difference(OLD, model) else "new" if not find_first_difference(NEW, model) else "broken"
    )


@pytest.mark.parametrize("make", [tiny_cnn, if_model, loop_model])
def test_what_is_saved_reads_back_the_same(tmp_path, make):
    model = make()
    (files,) = save_models([NamedModel(model, "net")], tmp_path / "new" / "folder")
    assert names(tmp_path / "new" / "folder") == ["net.bin", "net.xml"]
    assert find_first_difference(model, read(files.xml)) is None


def test_element_types_are_saved_as_they_are(tmp_path):
    data = op.parameter([1, 2], np.float32, name="data")
    half = op.convert(op.constant(np.ones((2, 2), np.float16), name="half"), np.float32, name="full")
    huge = op.constant(np.full((1, 2), 1e6, np.float32), name="huge")
    answer = op.add(op.matmul(data, half, False, False, name="fc"), huge, name="sum")
    (files,) = save_models([NamedModel(ov.Model([op.result(answer, name="r")], [data], "m"), "m")], tmp_path)
    types = {n.get_friendly_name(): n.get_element_type().to_string() for n in read(files.xml).get_ops()}
    assert (types["half"], types["huge"]) == ("f16", "f32")


def test_equal_models_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        save_models([NamedModel(tiny_cnn(), "m")], tmp_path / name)
    for suffix in ("xml", "bin"):
        assert (tmp_path / "a" / f"m.{suffix}").read_bytes() == (tmp_path / "b" / f"m.{suffix}").read_bytes()


def test_a_model_can_be_saved_over_the_file_it_was_read_from_and_stays_usable(tmp_path):
    save_models([NamedModel(OLD, "m")], tmp_path)
    model = read(tmp_path / "m.xml")
    before = run(OLD, DATA)[0]
    save_models([NamedModel(NEW, "m")], tmp_path)
    assert state(tmp_path / "m.xml") == "new"
    np.testing.assert_array_equal(run(model, DATA)[0], before)
    save_models([NamedModel(model, "m")], tmp_path)
    assert state(tmp_path / "m.xml") == "old"
    assert names(tmp_path) == ["m.bin", "m.xml"]


class FailingCall:
    """Makes the call with a given number, of several functions of ``os``, fail."""

    def __init__(self, number):
        self.left = number

    def instead_of(self, real):
        def call(*args, **options):
            self.left -= 1
            if self.left == 0:
                raise OSError(28, "No space left on device")
            return real(*args, **options)

        return call


def test_whichever_file_system_call_fails_a_whole_model_and_no_litter_is_left(tmp_path, monkeypatch):
    outcomes, number, failing = [], 0, FailingCall(0)
    while failing.left <= 0:
        number += 1
        folder = tmp_path / str(number)
        save_models([NamedModel(OLD, "m")], folder)
        failing = FailingCall(number)
        with monkeypatch.context() as patch:
            for name in CALLS:
                patch.setattr(os, name, failing.instead_of(getattr(os, name)))
            try:
                save_models([NamedModel(NEW, "m")], folder)
            except FileError as error:
                assert "No space left" in str(error)
                outcomes.append(state(folder / "m.xml"))
            else:
                assert state(folder / "m.xml") == "new"
        assert names(folder) == ["m.bin", "m.xml"]
    assert outcomes[0] == "old"
    assert set(outcomes) == {"old", "new"}
    assert number > 15


KILLED = """
import os, signal
from toy_models import tiny_cnn
from openpot.graph.save_ir import NamedModel, save_models

left = {number}
def wrap(real):
    def call(*args, **options):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **options)
    return call

for name in ("replace", "fsync", "mkdir"):
    setattr(os, name, wrap(getattr(os, name)))
save_models([NamedModel(tiny_cnn(2, channels=12), "m")], {folder!r})
"""


@pytest.fixture(scope="module")
def processes():
    with ForkedProcesses("import openpot.graph.save_ir, toy_models") as processes:
        yield processes


@pytest.mark.parametrize("number", [2, 5, 8, 11, 13, 15])
def test_a_killed_save_leaves_a_whole_model_and_the_next_one_cleans_up(tmp_path, processes, number):
    save_models([NamedModel(OLD, "m")], tmp_path)
    assert processes.run(KILLED.format(number=number, folder=str(tmp_path))) == signal.SIGKILL
    assert state(tmp_path / "m.xml") in ("old", "new")
    save_models([NamedModel(NEW, "m")], tmp_path)
    assert state(tmp_path / "m.xml") == "new"
    assert names(tmp_path) == ["m.bin", "m.xml"]


def test_a_model_that_cannot_be_written_leaves_the_other_members_untouched(tmp_path, monkeypatch):
    pair = [NamedModel(OLD, "a"), NamedModel(OLD, "b")]
    save_models(pair, tmp_path)
    real = ov.save_model

    def fail_for_b(model, path, **options):
        if path.endswith("b.xml"):
            raise RuntimeError("Exception from x.cpp:1\nbasic_ios::clear: iostream error")
        real(model, path, **options)

    monkeypatch.setattr(save_ir.ov, "save_model", fail_for_b)
    with pytest.raises(FileError, match=r"could not write b\.xml: basic_ios"):
        save_models([NamedModel(NEW, "a"), NamedModel(NEW, "b")], tmp_path)
    assert [state(tmp_path / f"{name}.xml") for name in "ab"] == ["old", "old"]


@pytest.mark.parametrize("damage", ["other", "unreadable"])
def test_what_does_not_read_back_the_same_is_not_put_in_place(tmp_path, monkeypatch, damage):
    save_models([NamedModel(OLD, "m")], tmp_path)
    real = ov.save_model

    def write_something_else(model, path, **options):
        real(OLD, path, **options)
        if damage == "unreadable":
            os.truncate(path.replace(".xml", ".bin"), 10)

    monkeypatch.setattr(save_ir.ov, "save_model", write_something_else)
    with pytest.raises(FileError, match=r"read back|cannot be read"):
        save_models([NamedModel(NEW, "m")], tmp_path)
    assert state(tmp_path / "m.xml") == "old"


def test_one_wrong_byte_of_weights_is_found(tmp_path, monkeypatch):
    save_models([NamedModel(OLD, "m")], tmp_path)
    real = ov.save_model

    def write_with_a_wrong_byte(model, path, **options):
        real(model, path, **options)
        weights = Path(path).with_suffix(".bin")
        content = bytearray(weights.read_bytes())
        content[5] ^= 1
        weights.write_bytes(content)

    monkeypatch.setattr(save_ir.ov, "save_model", write_with_a_wrong_byte)
    with pytest.raises(FileError, match=r"read back after writing is not the model that was saved: the value of"):
        save_models([NamedModel(NEW, "m")], tmp_path)
    assert state(tmp_path / "m.xml") == "old"


@pytest.mark.parametrize("damage", ["offsets not shifted", "offsets shifted too far", "a wrong byte"])
def test_a_bridge_that_does_not_hold_the_new_model_is_not_used(tmp_path, monkeypatch, damage):
    save_models([NamedModel(OLD, "m")], tmp_path)
    shift_offsets, write_twofold = swap_ir.shift_offsets, swap_ir._write_twofold

    def write_with_a_wrong_byte(path, first, second, shift):
        write_twofold(path, first, second, shift)
        with path.open("r+b") as file:
            file.seek(shift + 8)
            file.write(b"\xaa")

    if damage == "a wrong byte":
        monkeypatch.setattr(swap_ir, "_write_twofold", write_with_a_wrong_byte)
    else:
        wrong = 0 if damage == "offsets not shifted" else 64
        monkeypatch.setattr(
            swap_ir, "shift_offsets", lambda xml, shift: shift_offsets(xml, shift + wrong if wrong else 0)
        )
    with pytest.raises(FileError, match="read back"):
        save_models([NamedModel(NEW, "m")], tmp_path)
    assert state(tmp_path / "m.xml") == "old"
    assert names(tmp_path) == ["m.bin", "m.xml"]


def test_too_little_space_is_found_before_anything_is_written(tmp_path, monkeypatch):
    free = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(atomic_files.shutil, "disk_usage", lambda _: free)
    with pytest.raises(FileError, match="bytes are needed and 1,000 are free"):
        save_models([NamedModel(OLD, "m")], tmp_path)
    assert names(tmp_path) == []


def test_a_file_in_the_place_of_the_folder_is_told_at_once(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(NotWritableError, match="a file of that name is in the way"):
        save_models([NamedModel(OLD, "m")], tmp_path / "taken")


def test_a_link_is_replaced_and_what_it_points_to_stays(tmp_path):
    save_models([NamedModel(OLD, "m")], tmp_path / "store")
    (tmp_path / "out").mkdir()
    for suffix in ("xml", "bin"):
        (tmp_path / "out" / f"m.{suffix}").symlink_to(tmp_path / "store" / f"m.{suffix}")
    save_models([NamedModel(NEW, "m")], tmp_path / "out")
    assert state(tmp_path / "store" / "m.xml") == "old"
    assert state(tmp_path / "out" / "m.xml") == "new"


WRITER = textwrap.dedent("""
    import sys
    sys.path.insert(0, {tests!r})
    from toy_models import tiny_cnn
    from openpot.graph.save_ir import NamedModel, save_models
    for _ in range(6):
        save_models([NamedModel(tiny_cnn(int(sys.argv[2]), channels=4 * int(sys.argv[2])), "m")], sys.argv[1])
""").format(tests=str(Path(__file__).parent.parent))


def test_two_writers_never_mix_their_models(tmp_path):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(seed)]) for seed in (1, 2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    model = read(tmp_path / "m.xml")
    assert None in [find_first_difference(tiny_cnn(seed, channels=4 * seed), model) for seed in (1, 2)]
    assert names(tmp_path) == ["m.bin", "m.xml"]
