import json

from compressible_models import language_model
from openpot.report.compression_record import WeightRecord
from openpot.report.compression_result import CompressionResult
from openpot.report.records import FailedStage, Status


def test_everything_but_the_model_is_plain_data(tmp_path):
    result = CompressionResult(
        model=language_model(),
        status=Status.DONE_IN_PART,
        size_before=10,
        size_after=5,
        weights=(WeightRecord("a", "layer", 1000, "int4_asym", 64, 500),),
        failed_stages=(FailedStage("stage", "why"),),
    )
    content = json.loads(json.dumps(result.to_dict()))
    assert content["weights"][0]["bits_per_weight"] == 4.0
    assert content["failed_stages"] == [{"stage": "stage", "reason": "why"}]
    assert json.loads((result.save(tmp_path).parent / "run.json").read_text())["status"] == "done in part"
    assert str(result).startswith("compressed")
