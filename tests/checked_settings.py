"""The result of a run is checked under one setting of its users: three compilations of each toy prove the same thing.

It is the setting under which the runtime's known faults show. Tests of the check itself, and of results that the
runtime computes wrongly, ask for ``every_setting``; processes that a test starts check as users' runs do.
"""

import functools

from openpot.measure.performance_hints import USERS_SETTINGS, SettingsCheck

CHECKED = "THROUGHPUT"


def check_one_setting():
    """Let every run of this process check its result under one setting, unless others are asked for by name."""
    check = SettingsCheck.find_far

    @functools.wraps(check)
    def find_far(self, model, settings=tuple(USERS_SETTINGS)):
        return check(self, model, (CHECKED,) if CHECKED in settings else settings)

    SettingsCheck.find_far = find_far
