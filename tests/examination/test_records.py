"""The records of a closer look."""

import json
from dataclasses import asdict

from pydantic import TypeAdapter

from openpot.examination.records import (
    ConversionRecord,
    Examination,
    Histogram,
    InputRecord,
    LayerNoiseRecord,
    LayerTimeRecord,
    SampleRecord,
    TensorRecord,
)
from openpot.report.as_json import to_json_value


def test_they_come_back_from_json_as_they_were():
    whole = Examination(
        4,
        (TensorRecord("x", "activations", ("conv",), -1.0, 1.0, -2.0, 0.5, 0.1, Histogram(-2.0, 2.0, (1, 2))),),
        (LayerNoiseRecord("conv", 0.1, None, 0.2, 0.3),),
        (LayerTimeRecord("conv", 10.0, 4.0),),
        ConversionRecord(2, 3.0, 0.1, ("a", "b")),
        (SampleRecord(3, 0.4, "data:image/png;base64,AAAA"),),
        (InputRecord("data", 4, ((1, 3), (1, 4)), "float32", 0.0, 1.0, 0.5, 0.1),),
    )
    text = json.dumps(to_json_value(asdict(whole)))
    assert TypeAdapter(Examination).validate_python(json.loads(text)) == whole
