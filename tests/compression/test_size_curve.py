import dataclasses
import json

from openpot.compression.size_curve import SizeCurve, SizePoint


def test_it_is_plain_data():
    curve = SizeCurve(
        (SizePoint(10, 4.0, 0.2), SizePoint(20, 8.0, 0.1)), SizePoint(20, 8.0, 0.1), "error of the weights"
    )
    assert json.loads(json.dumps(dataclasses.asdict(curve)))["points"][1]["bits_per_weight"] == 8.0
