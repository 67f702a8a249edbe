from openpot.legacy.absent_names import ABSENT_MODULES, ABSENT_NAMES
from openpot.legacy.provided_names import PROVIDED


def words():
    return [
        (module, word) for module, sources in PROVIDED.items() for names in sources.values() for word in names.split()
    ]


def test_each_name_is_there_once():
    paths = [(module, word.partition("=")[0]) for module, word in words()]
    assert len(paths) == len(set(paths))


def test_what_is_provided_is_not_refused():
    assert set(PROVIDED).isdisjoint(ABSENT_MODULES)
    refused = {
        (module, name)
        for module, reasons in ABSENT_NAMES.items()
        for names in reasons.values()
        for name in names.split()
    }
    assert refused.isdisjoint((module, word.partition("=")[0]) for module, word in words())


def test_targets_are_modules_of_openpot():
    assert {source.split(".")[0] for sources in PROVIDED.values() for source in sources} == {"openpot"}
