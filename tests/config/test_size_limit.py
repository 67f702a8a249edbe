import pytest

from openpot.config.size_limit import SizeLimit, parse_size_limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("4.5 bits", SizeLimit(bits_per_weight=4.5)),
        ("4bits per weight", SizeLimit(bits_per_weight=4.0)),
        ("1 bit", SizeLimit(bits_per_weight=1.0)),
        ("85 MB", SizeLimit(num_bytes=85e6)),
        ("1.5gb", SizeLimit(num_bytes=1.5e9)),
        ("300 kB", SizeLimit(num_bytes=3e5)),
    ],
)
def test_a_size_has_a_unit(text, limit):
    assert parse_size_limit(text) == limit


@pytest.mark.parametrize("given", ["85", 85, 4.5, "MB", "-4 bits", "0 MB", "4 apples", None])
def test_everything_else_is_refused_with_how_to_write_it(given):
    with pytest.raises(ValueError, match=r"'4\.5 bits'.*'85 MB'"):
        parse_size_limit(given)
