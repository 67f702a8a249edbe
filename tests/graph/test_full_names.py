import pytest

from openpot.graph.full_names import full_name, strip_owner


@pytest.mark.parametrize("owner", ["", "loop", "loop|then", "a|b"])
def test_taking_the_owner_off_undoes_putting_it_on(owner):
    assert strip_owner(owner, full_name(owner, "conv|1")) == "conv|1"


def test_the_plain_name_is_the_full_name_outside_bodies():
    assert full_name("", "conv") == "conv"
    assert full_name("loop", "conv") == "loop|conv"
