"""The abstract data loader."""

import pytest

from openpot.data.loader import DataLoader


class Numbers(DataLoader):
    def __getitem__(self, index):
        return index

    def __len__(self):
        return 3


def test_config_is_readable_by_attribute_and_by_key():
    loader = Numbers({"data_source": "images", "nested": {"size": 4}})
    assert loader.config.data_source == "images"
    assert loader.config["nested"].size == 4


def test_no_config_gives_an_empty_one():
    assert Numbers(None).config == {}
    assert Numbers().config == {}


def test_subclass_may_skip_the_constructor():
    class Skips(Numbers):
        def __init__(self):
            self.extra = 1

    assert len(Skips()) == 3
    assert Skips()[2] == 2


@pytest.mark.parametrize("missing", ["__getitem__", "__len__"])
def test_both_methods_must_be_defined(missing):
    members = {name: getattr(Numbers, name) for name in ("__getitem__", "__len__") if name != missing}
    with pytest.raises(TypeError, match=missing):
        type("Half", (DataLoader,), members)()
