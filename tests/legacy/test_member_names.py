"""The data: every member of POT's classes is in it once."""

import pytest

from openpot.legacy.member_names import REFUSED, TITLES, WORKING
from pot_members import POT_ATTRIBUTES, POT_MEMBERS


@pytest.mark.parametrize("owner", POT_MEMBERS)
def test_every_member_of_pot_is_listed_once(owner):
    listed = [*WORKING[owner].split(), *(name for names in REFUSED.get(owner, {}).values() for name in names.split())]
    assert len(listed) == len(set(listed))
    assert set(listed) == {*POT_MEMBERS[owner].split(), *POT_ATTRIBUTES.get(owner, "").split()}


def test_classes_have_titles():
    assert set(TITLES) == set(WORKING) == set(POT_MEMBERS)
    assert set(REFUSED) <= set(WORKING)


@pytest.mark.parametrize(
    "absence",
    dict.fromkeys(absence for absences in REFUSED.values() for absence in absences),
    ids=lambda one: one.reason,
)
def test_reasons_and_substitutes_are_clauses(absence):
    for clause in (absence.reason, absence.substitute):
        assert clause == clause.strip()
        assert not clause.endswith(".") or clause.endswith("...")
        assert "|" not in clause, "the page shows it in a table"
