import os
import random
import threading

import pytest

from openpot.errors import MissingFileError, ModelError
from openpot.graph.sniff import ModelFormat, has_constants, require_current_ir, sniff_model_format

IR = b'<?xml version="1.0"?>\n<net name="a" version="11"><layers/><edges/></net>'
CONTENTS = {
    "m.xml": (IR, ModelFormat.IR),
    "m.onnx": (b"\x08\x08\x12\x01x\x3a\x02\x12\x00", ModelFormat.ONNX),
    "m.pb": (b"\x0a\x05\x0a\x01a\x12\x00", ModelFormat.TENSORFLOW),
    "saved.pb": (b"\x08\x01\x12\x02\x12\x00", ModelFormat.TENSORFLOW),
    "m.tflite": (b"\x1c\x00\x00\x00TFL3more", ModelFormat.TFLITE),
    "m.pdmodel": (b"\x0a\x04\x08\x00\x10\x00", ModelFormat.PADDLE),
    "M.XML": (IR, ModelFormat.IR),
}


@pytest.mark.parametrize(("name", "content", "expected"), [(n, *c) for n, c in CONTENTS.items()], ids=CONTENTS)
def test_each_format_is_told_by_suffix_and_content(tmp_path, name, content, expected):
    (tmp_path / name).write_bytes(content)
    assert sniff_model_format(tmp_path / name) is expected


FOREIGN = {
    "text": b"hello: world {}",
    "zip": b"PK\x03\x04" + b"\x00" * 40,
    "pickle": b"\x80\x02}q\x00.",
    "noise": random.Random(3).randbytes(500),
    "html": b"<html><body>404</body></html>",
    "zeros": b"\x00" * 100,
    "wrong field": b"\x0a\xff\xff\xff\xff\x0f",
    "endless number": b"\xff" * 20,
}


@pytest.mark.parametrize("suffix", [".xml", ".onnx", ".pb", ".tflite", ".pdmodel"])
@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_foreign_content_is_refused_whatever_the_suffix(tmp_path, suffix, content):
    path = tmp_path / f"m{suffix}"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"m\..* its content does not fit the suffix"):
        sniff_model_format(path)


def test_the_content_of_one_format_does_not_pass_for_another(tmp_path):
    (tmp_path / "m.onnx").write_bytes(IR)
    with pytest.raises(ModelError, match="not an ONNX model"):
        sniff_model_format(tmp_path / "m.onnx")


def test_a_truncated_protobuf_is_refused(tmp_path):
    (tmp_path / "m.onnx").write_bytes(b"\x08\x08\x3a\x40" + b"\x00" * 10)
    with pytest.raises(ModelError):
        sniff_model_format(tmp_path / "m.onnx")


@pytest.mark.parametrize(
    ("name", "words"), [("m.weights", "expected one of .xml, .onnx"), ("m.pt", "load the module yourself and pass it")]
)
def test_unknown_suffixes_are_answered_with_advice(tmp_path, name, words):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ModelError, match=words):
        sniff_model_format(tmp_path / name)


def test_missing_and_empty_files_are_told_apart(tmp_path):
    with pytest.raises(MissingFileError, match=r"nowhere\.onnx"):
        sniff_model_format(tmp_path / "nowhere.onnx")
    (tmp_path / "m.onnx").touch()
    with pytest.raises(ModelError, match="is empty"):
        sniff_model_format(tmp_path / "m.onnx")


def test_a_pipe_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "m.onnx")
    errors = []

    def ask():
        try:
            sniff_model_format(tmp_path / "m.onnx")
        except ModelError as error:
            errors.append(str(error))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(5)
    assert "not a regular file" in errors[0]


def test_a_saved_model_is_a_folder(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01\x12\x02\x12\x00")
    assert sniff_model_format(tmp_path) is ModelFormat.TENSORFLOW


def test_another_folder_is_refused_with_the_models_in_it(tmp_path):
    (tmp_path / "net.onnx").touch()
    with pytest.raises(ModelError, match=r"it holds net\.onnx: name one of these"):
        sniff_model_format(tmp_path)


def test_old_ir_versions_are_refused_with_a_way_out(tmp_path):
    (tmp_path / "old.xml").write_bytes(IR.replace(b"11", b"10"))
    with pytest.raises(ModelError, match=r"IR of version 10.*convert_model"):
        require_current_ir(tmp_path / "old.xml")
    (tmp_path / "new.xml").write_bytes(IR)
    require_current_ir(tmp_path / "new.xml")


def test_an_ir_without_constants_needs_no_weights(tmp_path):
    (tmp_path / "a.xml").write_bytes(IR)
    (tmp_path / "b.xml").write_bytes(IR.replace(b"<layers/>", b'<layers><layer type="Const"/></layers>'))
    assert not has_constants(tmp_path / "a.xml")
    assert has_constants(tmp_path / "b.xml")
