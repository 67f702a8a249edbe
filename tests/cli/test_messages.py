"""Messages of the package on standard error."""

import logging
import warnings

import pytest

from openpot.cli.messages import messages_on_stderr, warnings_unless_reported
from openpot.errors import OpenPotWarning
from openpot.log import get_package_logger

LOGGER = logging.getLogger("openpot.somewhere")


@pytest.mark.parametrize(
    ("debug", "expected"),
    [(False, "WARNING: careful\n"), (True, "DEBUG: detail\nWARNING: careful\n")],
    ids=["normal", "debug"],
)
def test_log_messages_come_as_plain_lines(capsys, debug, expected):
    with messages_on_stderr(debug):
        LOGGER.debug("detail")
        LOGGER.warning("careful")
    printed = capsys.readouterr()
    assert printed.err == expected
    assert printed.out == ""


def test_warnings_come_without_their_place_in_the_source(capsys):
    with messages_on_stderr(False):
        warnings.warn("sample 3 is odd", OpenPotWarning, stacklevel=1)
        warnings.warn("sample 3 is odd", OpenPotWarning, stacklevel=1)
    assert capsys.readouterr().err == "warning: sample 3 is odd\n" * 2


def test_logger_and_warnings_are_as_before_afterwards():
    before = list(get_package_logger().handlers), get_package_logger().level, warnings.showwarning
    with pytest.raises(ValueError), messages_on_stderr(True):
        raise ValueError
    assert (list(get_package_logger().handlers), get_package_logger().level, warnings.showwarning) == before


def test_warnings_that_a_result_reports_are_not_shown_a_second_time(capsys):
    with messages_on_stderr(False), warnings_unless_reported() as reported:
        warnings.warn("in the result", OpenPotWarning, stacklevel=1)
        warnings.warn("elsewhere", OpenPotWarning, stacklevel=1)
        reported.add("in the result")
    assert capsys.readouterr().err == "warning: elsewhere\n"
