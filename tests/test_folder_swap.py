"""A new folder takes the place of another in one step, or nothing happens."""

import os
import stat
import sys

import pytest

from openpot import folder_swap
from openpot.folder_swap import trade_places


@pytest.fixture
def folders(tmp_path):
    home, fresh = tmp_path / "home", tmp_path / "fresh"
    for folder, text in ((home, "old"), (fresh, "new")):
        folder.mkdir()
        (folder / "model").write_text(text)
        (folder / "record").write_text(text)
    (home / "notes").write_text("mine")
    return fresh, home


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges names")
def test_all_files_are_replaced_at_once_and_others_are_kept(folders):
    fresh, home = folders
    (home / "report").write_text("old")
    home.chmod(0o750)
    assert trade_places(fresh, home, ("model", "record", "report"))
    assert contents(home) == {"model": "new", "record": "new", "notes": "mine"}
    assert stat.S_IMODE(home.stat().st_mode) == 0o750
    assert contents(fresh)["model"] == "old"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges names")
def test_a_file_that_comes_meanwhile_is_kept(folders, monkeypatch):
    fresh, home = folders
    exchange = folder_swap._exchange

    def exchange_late(*paths):
        (home / "late").write_text("mine too")
        return exchange(*paths)

    monkeypatch.setattr(folder_swap, "_exchange", exchange_late)
    assert trade_places(fresh, home, ("model", "record"))
    assert contents(home) == {"model": "new", "record": "new", "notes": "mine", "late": "mine too"}


@pytest.mark.parametrize("reason", ["sub-folder", "working directory", "no exchange", "no links", "symbolic link"])
def test_nothing_changes_where_it_cannot_be_done(folders, monkeypatch, reason):
    fresh, home = folders

    def refuse(*_, **__):
        raise OSError(1, "Operation not permitted")

    if reason == "sub-folder":
        (home / "below").mkdir()
    elif reason == "working directory":
        monkeypatch.chdir(home)
    elif reason == "no exchange":
        monkeypatch.setattr(folder_swap, "_exchange", lambda *_: False)
    elif reason == "no links":
        monkeypatch.setattr(os, "link", refuse)
    else:
        (home / "link").symlink_to("notes")
    assert not trade_places(fresh, home, ("model", "record"))
    assert contents(fresh) == {"model": "new", "record": "new"}
    assert (home / "model").read_text() == "old"
    assert (home / "notes").read_text() == "mine"
