"""Results are checked under one setting of users, those of POT's pipelines not at all: each check compiles every toy.

The one setting is that under which the runtime's known faults show. Of what pipelines find they only say something.
Tests of the checks, and of results that the runtime computes wrongly, ask for ``every_setting``; processes that a test
starts check as users' runs do.
"""

import functools

from openpot import pipeline_checks
from openpot.measure.performance_hints import USERS_SETTINGS, SettingsCheck
from openpot.measure.side_by_side import find_device_for

CHECKED = "THROUGHPUT"


def check_one_setting():
    """Let every run of this process check its result under one setting, unless others are asked for by name."""
    check = SettingsCheck.find_far

    @functools.wraps(check)
    def find_far(self, model, settings=tuple(USERS_SETTINGS)):
        return check(self, model, (CHECKED,) if CHECKED in settings else settings)

    SettingsCheck.find_far = find_far
    pipeline_checks.find_device_for = lambda _: None


def check_every_setting(monkeypatch):
    """Undo that while a test runs."""
    monkeypatch.setattr(SettingsCheck, "find_far", SettingsCheck.find_far.__wrapped__)
    monkeypatch.setattr(pipeline_checks, "find_device_for", find_device_for)
