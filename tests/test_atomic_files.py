import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from openpot import atomic_files
from openpot.errors import FileError, NotWritableError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_text_is_written_whole_and_nothing_else_is_left(tmp_path):
    path = atomic_files.write_text(tmp_path / "new" / "a.json", "grüße")
    assert path.read_bytes() == "grüße".encode()
    assert names(path.parent) == ["a.json"]


def test_an_old_file_is_replaced(tmp_path):
    atomic_files.write_bytes(tmp_path / "a", b"old and long")
    atomic_files.write_bytes(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_disk_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch, call):
    atomic_files.write_bytes(tmp_path / "a", b"old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_files.os, call, fail)
    with pytest.raises(FileError, match="No space left on device"):
        atomic_files.write_bytes(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_killed_writer_leaves_the_old_file(tmp_path, call):
    atomic_files.write_bytes(tmp_path / "a", b"old")
    code = (
        "import os, signal, sys\n"
        "from openpot import atomic_files\n"
        f"os.{call} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "atomic_files.write_bytes(sys.argv[1], b'new')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(NotWritableError, match=r"taken.*a file of that name is in the way") as caught:
        atomic_files.ensure_writable_folder(tmp_path / "taken")
    assert isinstance(caught.value, PermissionError)
    with pytest.raises(NotWritableError):
        atomic_files.ensure_writable_folder(tmp_path / "taken" / "below")


def test_a_folder_that_takes_no_files_is_refused(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(atomic_files.tempfile, "TemporaryFile", fail)
    with pytest.raises(NotWritableError, match="Permission denied"):
        atomic_files.ensure_writable_folder(tmp_path)


def test_too_little_space_is_told_in_bytes(tmp_path):
    atomic_files.require_free_space(tmp_path, 1)
    with pytest.raises(FileError, match=r"1,000,000,000,000,000,000 bytes are needed and [\d,]+ are free"):
        atomic_files.require_free_space(tmp_path, 10**18)


def test_the_lock_of_a_folder_keeps_others_out_and_leaves_no_file(tmp_path):
    order = []

    def other():
        with atomic_files.folder_lock(tmp_path):
            order.append("other")

    with atomic_files.folder_lock(tmp_path) as locked:
        assert locked
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]
    assert names(tmp_path) == []


@pytest.mark.parametrize("lost", ["module", "call"])
def test_work_goes_on_where_folders_cannot_be_locked(tmp_path, monkeypatch, lost):
    if lost == "module":
        monkeypatch.setattr(atomic_files, "fcntl", None)
    else:

        def refuse(*_):
            raise OSError(37, "No locks available")

        monkeypatch.setattr(atomic_files.fcntl, "flock", refuse)
    with atomic_files.folder_lock(tmp_path) as locked:
        assert not locked


def test_only_abandoned_folders_of_the_given_prefix_are_removed(tmp_path):
    (tmp_path / ".mine-1").mkdir()
    (tmp_path / ".mine-1" / "content").write_text("half")
    (tmp_path / ".other-1").mkdir()
    atomic_files.remove_abandoned_staging(tmp_path, ".mine-")
    assert names(tmp_path) == [".other-1"]


def test_written_files_have_the_usual_permissions(tmp_path):
    umask = os.umask(0o022)
    try:
        path = atomic_files.write_text(tmp_path / "a", "x")
    finally:
        os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_full_disk_is_told_with_its_path_and_bytes(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_files.os, "fsync", fail)
    with pytest.raises(
        FileError, match=r"No space left on device; in '.*' about 3 bytes are needed, [\d,]+ bytes are free"
    ):
        atomic_files.write_bytes(tmp_path / "a", b"new")
    assert "about 5,000 bytes are needed, " in atomic_files.describe_space(tmp_path, 5000)
    assert "unknown" in atomic_files.describe_space(tmp_path / "gone")


def test_a_lock_is_of_the_folder_that_is_there_when_it_is_granted(tmp_path):
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    granted = []

    def wait():
        with atomic_files.folder_lock(home):
            granted.append(home.stat().st_ino)
            with atomic_files.folder_lock(other):
                pass

    with atomic_files.folder_lock(home):
        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.05)
        home.rename(tmp_path / "before")
        other.rename(home)
        other.mkdir()
    thread.join()
    assert granted == [home.stat().st_ino]
