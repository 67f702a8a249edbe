"""What INT8 models are worth: judge.py FP32.xml UNSEEN.npz A.xml B.xml ... Prints one JSON line, a record a model.

Closeness is that of the worst output on samples that neither tool has seen, against its variation between samples, in
decibels; chosen rows and whole numbers have a share of matches instead. The share of multiply-accumulate operations in
INT8 is read off the executed graph. Throughput is against FP32, of one stream on one core (the hint THROUGHPUT takes as many as
there are cores), in short turns of which the fastest of each model counts: a busy machine disturbs that little. The measures are openpot's, for all models alike.
"""
import json
import math
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "bench"))
import openvino as ov  # noqa: E402
from calib import read_calib  # noqa: E402

from openpot.measure.compare_outputs import compare_outputs  # noqa: E402
from openpot.measure.executed_graph import Arithmetic, read_executed_graph  # noqa: E402
from openpot.measure.output_distance import Comparison  # noqa: E402
from openpot.measure.work import measure_work  # noqa: E402

TURNS, FEWEST_TURNS, SECONDS, SECONDS_A_TURN = 80, 20, 8, 0.004


def closeness(fp32, model, feeds):
    """Decibels of the worst output; the largest share of other labels or rows; how many outputs say nothing."""
    seen = compare_outputs(fp32, model, feeds)
    values = [one.relative for one in seen if one.relative is not None and one.comparison is Comparison.VALUES]
    shares = [one.relative for one in seen if one.relative is not None and one.comparison is not Comparison.VALUES]
    worst = max(values, default=None)
    decibels = None if worst is None else 120.0 if worst < 1e-6 else round(-20 * math.log10(worst), 1)
    return {"db": decibels, "others": round(max(shares), 3) if shares else None, "lost": sum(value >= 1 for value in values)}


def shares(model, feed):
    executed, work = read_executed_graph(model), measure_work(model, feed)
    total = sum(one.multiplications for one in work.values())
    kinds = dict.fromkeys(Arithmetic, 0.0)
    for name, one in work.items():
        found = executed.get(name)
        kinds[found.arithmetic if found else Arithmetic.FLOAT] += one.multiplications
    return {"int8": round(kinds[Arithmetic.INT8] / total, 3), "weight_only": round(kinds[Arithmetic.WEIGHT_ONLY] / total, 3)} if total else {}


def timed(request, feeds):
    started = time.perf_counter()
    for feed in feeds:
        request.infer(feed)
    return (time.perf_counter() - started) / len(feeds)


def speeds(models, feeds):
    """Milliseconds an inference of the first, and the throughput of the others against it."""
    one_stream = {"NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    requests = [ov.Core().compile_model(model, "CPU", one_stream).create_infer_request() for model in models]
    for request in requests:
        timed(request, feeds[:2])
    turn = [feeds[n % len(feeds)] for n in range(min(max(int(SECONDS_A_TURN / timed(requests[0], feeds[:4])), 1), 200))]
    fastest, until = [math.inf] * len(requests), time.perf_counter() + SECONDS
    for number in range(TURNS):
        for place, request in list(enumerate(requests))[:: 1 if number % 2 else -1]:
            fastest[place] = min(fastest[place], timed(request, turn))
        if number >= FEWEST_TURNS and time.perf_counter() > until:
            break
    return 1000 * fastest[0], [round(fastest[0] / seconds, 2) for seconds in fastest[1:]]


def main():
    core = ov.Core()
    fp32, *models = [core.read_model(path) for path in (sys.argv[1], *sys.argv[3:])]
    feeds = [dict(enumerate(sample if isinstance(sample, list) else sample.values())) for sample in read_calib(sys.argv[2])]
    milliseconds, ratios = speeds([fp32, *models], feeds)
    answers = [closeness(fp32, model, feeds) | shares(model, feeds[0]) | {"throughput": ratio}
               for model, ratio in zip(models, ratios, strict=True)]
    print(json.dumps({"ms": round(milliseconds, 3), "models": answers}))


if __name__ == "__main__":
    main()
