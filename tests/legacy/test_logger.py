import io
import logging
import subprocess
import sys

import pytest

from openpot.legacy import logger as module
from openpot.legacy.logger import get_logger, init_logger, stdout_redirect


@pytest.fixture
def fresh(monkeypatch):
    """A logger tree that was never initialised, and the package logger as it was afterwards."""
    monkeypatch.setattr(module, "_tree", module._LoggerTree())
    package = logging.getLogger("openpot")
    handlers, level, propagate = list(package.handlers), package.level, package.propagate
    yield package
    for handler in package.handlers:
        handler.close()
    package.handlers[:], package.propagate = handlers, propagate
    package.setLevel(level)


def test_nothing_below_warning_is_shown_without_init(fresh):
    assert not get_logger("script").isEnabledFor(logging.INFO)
    assert get_logger("script").isEnabledFor(logging.WARNING)


def test_lines_have_level_name_and_text(fresh):
    stream = io.StringIO()
    init_logger(level="INFO", stream=stream)
    get_logger("script").info("step %d of %d", 1, 3)
    get_logger("script").debug("hidden")
    assert stream.getvalue() == "INFO:script:step 1 of 3\n"


def test_openpot_lines_are_shown_once(fresh):
    stream = io.StringIO()
    init_logger(stream=stream)
    logging.getLogger("openpot.pipeline").info("Start algorithm: DefaultQuantization")
    assert stream.getvalue() == "INFO:openpot.pipeline:Start algorithm: DefaultQuantization\n"


def test_first_call_wins(fresh):
    first, second = io.StringIO(), io.StringIO()
    init_logger(level="WARNING", stream=first)
    init_logger(level="DEBUG", stream=second)
    get_logger("script").info("hidden")
    get_logger("script").warning("shown")
    assert (first.getvalue(), second.getvalue()) == ("WARNING:script:shown\n", "")


def test_file_gets_the_lines_too(fresh, tmp_path):
    init_logger(stream=io.StringIO(), file_name=tmp_path / "log.txt")
    get_logger("script").info("kept")
    assert (tmp_path / "log.txt").read_text() == "INFO:script:kept\n"


def test_progress_bar_keeps_lines_off_the_stream(fresh, tmp_path):
    stream = io.StringIO()
    init_logger(stream=stream, file_name=tmp_path / "log.txt", progress_bar=True)
    get_logger("script").info("kept")
    assert stream.getvalue() == ""
    assert (tmp_path / "log.txt").read_text() == "INFO:script:kept\n"


def test_loggers_carry_what_the_progress_bar_needed(fresh):
    logger = get_logger("script")
    assert logger.progress_bar_disabled
    assert logger.update_progress(3) is None
    assert logger.reset_progress_total(100, 0.5) is None


def test_info_takes_force(fresh):
    stream = io.StringIO()
    init_logger(stream=stream)
    get_logger("script").info("shown", force=True)
    assert stream.getvalue() == "INFO:script:shown\n"


@pytest.mark.parametrize("name", ["", None], ids=["empty", "none"])
def test_no_name_gives_the_root_of_the_tree(fresh, name):
    assert get_logger(name) is get_logger("a").parent


def test_equal_names_give_one_logger(fresh):
    assert get_logger("a.b") is get_logger("a.b")
    assert get_logger("a.b") is not logging.getLogger("a.b")


def test_info_names_the_line_it_was_called_from(fresh):
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    init_logger(stream=io.StringIO())
    get_logger("").addHandler(handler)
    get_logger("script").info("here")
    assert records[0].filename == "test_logger.py"


def test_redirected_output_is_logged_and_not_printed(fresh, capsys):
    stream = io.StringIO()
    init_logger(level="DEBUG", stream=stream)

    def noisy(value, scale):
        sys.stdout.write("out\n")
        sys.stderr.write("err\n")
        return value * scale

    assert stdout_redirect(noisy, 2, scale=3) == 6
    assert capsys.readouterr() == ("", "")
    assert stream.getvalue() == "DEBUG:DEBUG:out\nerr\n\n"


def test_redirected_output_survives_an_error(fresh, capsys):
    stream = io.StringIO()
    init_logger(level="DEBUG", stream=stream)

    def failing():
        sys.stdout.write("last words\n")
        raise KeyError("x")

    with pytest.raises(KeyError):
        stdout_redirect(failing)
    assert "last words" in stream.getvalue()


def test_pythons_own_logging_is_left_alone():
    code = (
        "import logging, io\n"
        "before = (list(logging.root.handlers), logging.root.level, logging.getLoggerClass())\n"
        "from openpot.legacy.logger import init_logger, get_logger\n"
        "init_logger(stream=io.StringIO()); get_logger('x').error('y')\n"
        "assert before == (list(logging.root.handlers), logging.root.level, logging.getLoggerClass())\n"
        "assert logging.getLogger('x').handlers == []\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
