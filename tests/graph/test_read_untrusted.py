"""Models of unknown origin: what the process that reads them may do, and what becomes of it."""

import json
import os
import sys

import pytest

import openvino as ov
from openpot.errors import ConfigError, MissingFileError, ModelError, OpenPotWarning, OutOfMemoryError
from openpot.graph import read_untrusted as subject
from openpot.graph.model_digest import model_digest
from openpot.graph.read import read_model
from openpot.graph.read_untrusted import ReadingLimits, read_untrusted
from toy_models import tiny_cnn


@pytest.fixture
def path(tmp_path):
    ov.save_model(tiny_cnn(), tmp_path / "net.xml", compress_to_fp16=False)
    return tmp_path / "net.xml"


@pytest.fixture
def reader(monkeypatch, tmp_path):
    """Puts another process in the place of the one that reads; leaves its folder where it can be looked at."""
    monkeypatch.setattr(subject.tempfile, "tempdir", str(tmp_path))

    def replace(code):
        prepare = "import json, os, signal, sys, time\nrequest = json.loads(sys.argv[1])\nos.chdir(request['folder'])\n"
        monkeypatch.setattr(subject, "_READER", (sys.executable, "-S", "-c", prepare + code))

    yield replace
    assert not list(tmp_path.glob("openpot-untrusted-*"))


@pytest.mark.skipif(os.name == "nt", reason="there are no limits")
def test_a_model_comes_back_as_it_is_read_otherwise(path):
    given, expected = read_untrusted(path), read_model(path)
    assert model_digest(given) == model_digest(expected)
    assert given.get_friendly_name() == expected.get_friendly_name()
    names = [[node.get_friendly_name() for node in model.get_ordered_ops()] for model in (given, expected)]
    assert names[0] == names[1]
    assert given.input(0).get_names() == {"data"}


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "ended the process that read it (SIGSEGV)"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "was not read within 1 seconds of processor time"),
        ("sys.exit(7)", "ended with exit code 7"),
        ("time.sleep(60)", "was not read within 0 seconds"),
        ("", "by a process that gave no answer"),
        ("open('answer.json', 'w').write('[]')", "by a process that gave no answer"),
        ("open('answer.json', 'w').write(' ' * (2 << 20))", "it is no plain answer"),
        ("os.symlink('/etc/passwd', 'answer.json')", "it is no plain answer"),
        ("open('answer.json', 'w').write('{\"warnings\": []}'); os.symlink('/x', 'model.xml')", "left links"),
        ("open('answer.json', 'w').write('{\"warnings\": []}')", "cannot be read"),
    ],
)
def test_whatever_happens_to_that_process_is_an_error_of_the_model(monkeypatch, path, reader, code, told):
    reader(code)
    monkeypatch.setattr(subject, "_START_SECONDS", -3.8 if "sleep" in code else 60.0)
    with pytest.raises(ModelError) as caught:
        read_untrusted(path, seconds=1)
    assert told in str(caught.value)
    assert repr(str(path)) in str(caught.value)
    assert "Nothing else came to harm" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("MissingFileError", MissingFileError, "the text"),
        ("OutOfMemoryError", OutOfMemoryError, "takes more memory than it may (the text)"),
        ("suggest_nearest_name", ModelError, "the text"),
        ("annotations", ModelError, "the text"),
    ],
)
def test_errors_of_that_process_are_raised_here(path, reader, name, kind, told):
    answer = json.dumps({"warnings": ["odd"], "error": name, "text": "the text"})
    reader(f"open('answer.json', 'w').write({answer!r})")
    with pytest.warns(OpenPotWarning, match="odd"), pytest.raises(kind) as caught:
        read_untrusted(path)
    assert told in str(caught.value)


def test_it_knows_no_more_of_the_environment_than_python_needs(monkeypatch, path, reader):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    reader("assert 'SECRET_TOKEN' not in os.environ and os.environ['HOME'] == request['folder']; sys.exit(7)")
    with pytest.raises(ModelError, match="exit code 7"):
        read_untrusted(path)


def test_limits_follow_from_the_size_unless_they_are_stated(tmp_path, path):
    assert ReadingLimits.for_size(10**9) == ReadingLimits(2 * 2**30 + 4 * 10**9, 160, 2**26 + 2 * 10**9)
    assert ReadingLimits.for_size(10**9, seconds=5, memory=7).seconds == 5
    size = path.stat().st_size + path.with_suffix(".bin").stat().st_size
    assert subject._measure_size(path, None) == subject._measure_size(path, path.with_suffix(".bin")) == size
    assert subject._measure_size(tmp_path, None) == subject._measure_size(tmp_path / "net.onnx", None) == size
    assert subject._measure_size(tmp_path / "no" / "net.onnx", None) == 0


def test_systems_without_limits_are_refused(monkeypatch, path):
    monkeypatch.setattr(subject.os, "name", "nt")
    with pytest.raises(ConfigError, match="Windows"):
        read_untrusted(str(path))
