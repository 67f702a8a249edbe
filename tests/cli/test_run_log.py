import logging
import warnings

import pytest

from openpot.cli.run_log import run_log
from openpot.errors import ConfigError, OpenPotWarning

logger = logging.getLogger("openpot.somewhere")


def test_lines_go_to_the_console_and_from_then_on_to_the_file(tmp_path, capsys):
    with run_log("INFO", on_console=True) as log:
        logger.info("before")
        log.write_to(tmp_path / "log.txt")
        logger.info("after %d", 3)
        logger.debug("hidden")
    assert capsys.readouterr().out == "INFO:openpot.somewhere:before\nINFO:openpot.somewhere:after 3\n"
    assert (tmp_path / "log.txt").read_text() == "INFO:openpot.somewhere:after 3\n"


def test_the_console_may_stay_silent(tmp_path, capsys):
    with run_log("DEBUG", on_console=False) as log:
        log.write_to(tmp_path / "log.txt")
        logger.debug("only here")
    assert capsys.readouterr().out == ""
    assert "only here" in (tmp_path / "log.txt").read_text()


def test_warnings_become_lines_once(capsys):
    with run_log("WARNING", on_console=True):
        for _ in range(2):
            warnings.warn("look out", OpenPotWarning, stacklevel=1)
    assert capsys.readouterr().out == "WARNING:openpot.cli.run_log:look out\n"


def test_an_error_is_noted_in_the_file_and_passes_on(tmp_path, capsys):
    with pytest.raises(ConfigError), run_log("INFO", on_console=True) as log:
        log.write_to(tmp_path / "log.txt")
        raise ConfigError("wrong")
    assert (tmp_path / "log.txt").read_text() == "ERROR:openpot.cli.run_log:ConfigError: wrong\n"
    assert capsys.readouterr().out == ""


def test_nothing_is_left_behind(tmp_path):
    package = logging.getLogger("openpot")
    before = (list(package.handlers), package.level, package.propagate)
    with run_log("DEBUG", on_console=True) as log:
        log.write_to(tmp_path / "log.txt")
    assert (list(package.handlers), package.level, package.propagate) == before
