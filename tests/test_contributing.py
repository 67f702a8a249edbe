"""The guide for contributors names files and commands that exist."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text()
NAMED = sorted({path for path in re.findall(r"`((?:src|tests|docs|compat|\.ci)/[\w./]*)`", GUIDE)})
TARGETS = sorted(set(re.findall(r"\bmake ([a-z0-9-]+)", GUIDE)))


@pytest.mark.parametrize("path", NAMED)
def test_named_file_exists(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", TARGETS)
def test_named_make_target_exists(target):
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_guide_names_something():
    assert len(NAMED) > 8
    assert {"check", "test", "names", "help"} <= set(TARGETS)


def test_make_help_lists_every_target():
    listed = re.findall(r"make ([a-z0-9-]+)", subprocess.check_output(["make", "help"], cwd=ROOT, text=True))
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE).group(1).split()
    assert sorted(set(listed) & set(phony)) == sorted(phony)


def test_what_runs_before_landing_is_what_a_contributor_runs():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line in ("make check", "make test")] == ["make check", "make test"]
    assert "  make test-avx2" in lines
    assert "set -eu" in lines
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
