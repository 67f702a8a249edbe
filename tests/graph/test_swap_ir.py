import os

import pytest

import openvino as ov
from openpot import atomic_files
from openpot.graph import swap_ir as swap_module
from openpot.graph.same_model import find_first_difference
from openpot.graph.swap_ir import IRFiles, compute_space_needed, shift_offsets, swap_ir
from toy_models import tiny_cnn


def saved(model, folder, stem="m"):
    folder.mkdir(exist_ok=True)
    ov.save_model(model, folder / f"{stem}.xml", False)
    return IRFiles.at(folder, stem)


def read(files):
    return ov.Core().read_model(files.xml)


def is_model(files, model):
    return find_first_difference(model, read(files)) is None


OLD, NEW, LARGER, SMALLER = (tiny_cnn(seed, channels=width) for seed, width in ((1, 8), (2, 8), (3, 24), (4, 2)))


def test_offsets_of_constants_are_shifted_and_nothing_else():
    xml = (
        b'<layer id="1" name="offset=&quot;3&quot;" type="Const" version="opset1">\n'
        b'<data element_type="f32" shape="8, 3" offset="64" size="96" /></layer>'
        b'<layer id="2" name="p" type="PriorBox"><data offset="5" step="1" /></layer>'
    )
    assert shift_offsets(xml, 4096) == xml.replace(b'offset="64"', b'offset="4160"')


def test_a_shifted_model_reads_the_same_from_a_shifted_file(tmp_path):
    files = saved(OLD, tmp_path)
    files.xml.write_bytes(shift_offsets(files.xml.read_bytes(), 4096))
    files.bin.write_bytes(b"\xff" * 4096 + files.bin.read_bytes())
    assert is_model(files, OLD)


@pytest.mark.parametrize("new", [NEW, LARGER, SMALLER, OLD], ids=["equal size", "larger", "smaller", "the same"])
def test_the_new_model_takes_the_place_of_the_old_one(tmp_path, new):
    target = saved(OLD, tmp_path)
    staged = saved(new, tmp_path / "staging")
    size = staged.bin.stat().st_size
    swap_ir(staged, target, lambda xml: None)
    assert is_model(target, new)
    assert target.bin.stat().st_size == size


@pytest.mark.parametrize("left", ["none", "xml", "bin", "empty bin"])
def test_half_a_model_is_completed(tmp_path, left):
    target = saved(OLD, tmp_path)
    if left in ("none", "bin"):
        target.xml.unlink()
    if left in ("none", "xml"):
        target.bin.unlink()
    if left == "empty bin":
        target.bin.write_bytes(b"")
    swap_ir(saved(NEW, tmp_path / "staging"), target, lambda xml: None)
    assert is_model(target, NEW)


@pytest.mark.parametrize("new", [NEW, LARGER, SMALLER], ids=["equal size", "larger", "smaller"])
def test_after_each_single_step_a_whole_model_lies_there(tmp_path, monkeypatch, new):
    target = saved(OLD, tmp_path)
    seen = []
    real = os.replace

    def spy(source, destination):
        real(source, destination)
        seen.append("old" if is_model(target, OLD) else "new" if is_model(target, new) else "broken")

    monkeypatch.setattr(atomic_files.os, "replace", spy)
    swap_ir(saved(new, tmp_path / "staging"), target, lambda xml: None)
    assert seen == ["old", "new", "new", "new", "new"]


def test_the_bridge_is_verified_before_anything_is_touched(tmp_path):
    target, staged = saved(OLD, tmp_path), saved(NEW, tmp_path / "staging")

    def refuse(xml):
        assert find_first_difference(NEW, ov.Core().read_model(xml)) is None
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        swap_ir(staged, target, refuse)
    assert is_model(target, OLD)


def test_an_old_file_that_grows_meanwhile_stops_the_swap(tmp_path, monkeypatch):
    target, staged = saved(SMALLER, tmp_path), saved(SMALLER, tmp_path / "staging")
    staged.bin.write_bytes(staged.bin.read_bytes()[:-1] + b"x")
    real = swap_module._write_twofold

    def grow(path, first, second, shift):
        with first.open("ab") as file:
            file.write(b"\0" * 10_000)
        real(path, first, second, shift)

    monkeypatch.setattr(swap_module, "_write_twofold", grow)
    with pytest.raises(OSError, match="another program writes to it"):
        swap_ir(staged, target, lambda xml: None)


def test_the_space_needed_counts_the_bridge(tmp_path):
    target = IRFiles.at(tmp_path, "m")
    assert compute_space_needed(100, target) == 100
    target.xml.write_bytes(b"x")
    target.bin.write_bytes(b"x" * 1000)
    assert compute_space_needed(100, target) == 1300
