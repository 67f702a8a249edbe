import pytest

from openpot.legacy.absent_names import ABSENT_MODULES, ABSENT_NAMES

ABSENCES = list(
    dict.fromkeys([*ABSENT_MODULES.values(), *(why for reasons in ABSENT_NAMES.values() for why in reasons)])
)


@pytest.mark.parametrize("absence", ABSENCES, ids=lambda absence: absence.reason[:40])
def test_reason_and_substitute_are_clauses(absence):
    for clause in (absence.reason, absence.substitute):
        assert clause == clause.strip()
        assert not clause.endswith(".")
        assert "|" not in clause, "the page shows it in a table"


def test_modules_and_names_do_not_overlap():
    assert set(ABSENT_MODULES).isdisjoint(ABSENT_NAMES)
