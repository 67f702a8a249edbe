"""What a model consists of, as text and JSON."""

import sys
from pathlib import Path

from openpot.measure.model_summary import ModelSummary, PortSummary
from openpot.measure.planned_share import PlannedShare
from openpot.report.inspection import Inspection

sys.path.insert(0, str(Path(__file__).parent))

from result_examples import PLAN

SUMMARY = ModelSummary(
    (PortSummary("data", "(1, 3, ?, ?)", "f32", "[N,C,H,W]"),),
    (PortSummary("logits", "(1, 5)", "f32"),),
    {"Convolution": 2, "Add": 1},
    "FP16",
    2_000_000,
    {"f16": 2_000_000},
    3e6,
    True,
)


def test_the_heading_and_the_ports_say_what_it_is():
    ports = Inspection("net.xml", "CPU", SUMMARY, PLAN, PlannedShare(0.9)).list_tables()[0]
    assert ports.title.startswith(
        "net.xml: FP16, 2.00 MB of constants (f16 2.00 MB), 3e+06 multiplications for one sample (sizes that"
    )
    assert ports.title.endswith("keeps a state")
    assert ports.rows[0] == ("input", "data", "(1, 3, ?, ?)", "f32", "N,C,H,W")


def test_the_plan_is_the_last_table():
    seen = Inspection("net.xml", "CPU", SUMMARY, PLAN, PlannedShare(0.9))
    assert seen.list_tables()[-1].title == "1 operations could be INT8 on CPU, 90.0% of the multiplications"
    assert seen.to_dict()["int8_share"] == 0.9


def test_a_quantized_model_gives_the_reason_instead():
    seen = Inspection("net.xml", "CPU", SUMMARY, quantized="the model is quantized already")
    assert seen.list_tables()[-1].title == "the model is quantized already"
    assert seen.list_candidates() == []
    assert "quantized, size='2.00 MB'" in repr(seen)
