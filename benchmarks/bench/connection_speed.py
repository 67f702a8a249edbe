"""What additions and poolings on 8-bit data bring in speed: connection_speed.py MODEL.xml CALIB.npz ...

Runs under openpot's interpreter. The default without them and with all of them, whatever the outputs say: the nodes that
the device executes, and how much faster the latter is with the hints LATENCY and THROUGHPUT, median and quartiles of
turns. One line for each network.
"""
import sys
import time
import warnings

import numpy as np
import openvino as ov

import openpot.recipes.default_quantization as recipe
from calib import read_calib
from openpot.measure.executed_graph import read_executed_graph
from openpot.search import connections
from openpot.search.quantized_variant import make_saved_form

SAMPLES = 40
TURNS = 60
SECONDS_A_TURN = 0.03


def find_models(xml, samples):
    """The default as it is saved without connections in 8 bits, and with all of them; None if it has none."""
    found = []

    def capture(variant, outputs, error, limit, device):
        accepted = connections.Connected(variant)
        snapshot = variant.reference.snapshot()
        decided = {one.operation for one in variant.min_max.plan.decisions if one.quantized}
        convolutions = {node.name for node in snapshot.nodes_of_type(*connections.CONVOLUTIONS) if node.name in decided}
        proposed = connections.find_connections(snapshot, convolutions)
        if any(len(each.inputs) > 1 for each in proposed):
            limits = connections._choose_limits(variant, proposed, outputs.feeds, device)
            usable = [each for each in proposed if all(tensor in limits for _, tensor in each.inputs)]
            candidate = connections._insert(variant, usable, limits)
            found.extend([len(usable), make_saved_form(variant.model), make_saved_form(candidate.model)])
        return accepted

    original, recipe.quantize_connections = recipe.quantize_connections, capture
    try:
        import openpot
        openpot.quantize(xml, samples, timing=False)
    finally:
        recipe.quantize_connections = original
    return found or None


def time_in_turns(models, sample, hint):
    """How much faster the second model is: lower quartile, median and upper quartile."""
    queues = []
    for model in models:
        compiled = ov.Core().compile_model(model, "CPU", {"PERFORMANCE_HINT": hint})
        queues.append(ov.AsyncInferQueue(compiled, compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")))
    inputs = [np.asarray(value) for value in (sample.values() if isinstance(sample, dict) else sample if isinstance(sample, list) else [sample])]

    def run(queue, count):
        started = time.perf_counter()
        for _ in range(count):
            queue.start_async(inputs)
        queue.wait_all()
        return time.perf_counter() - started

    for queue in queues:
        run(queue, 4)
    count = max(2, int(SECONDS_A_TURN / run(queues[0], 1)))
    ratios = [run(queues[0], count) / run(queues[1], count) for _ in range(TURNS)]
    return np.quantile(ratios, [0.25, 0.5, 0.75])


def main():
    warnings.simplefilter("ignore")
    for xml, npz in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        samples = read_calib(npz)[:SAMPLES]
        found = find_models(xml, samples)
        if found is None:
            print(f"{xml}: no additions between INT8 convolutions", flush=True)
            continue
        count, *models = found
        nodes = [read_executed_graph(model).num_nodes for model in models]
        speeds = [f"{hint} {median:.2f} ({low:.2f} to {high:.2f})" for hint in ("LATENCY", "THROUGHPUT")
                  for low, median, high in [time_in_turns(models, samples[0], hint)]]
        print(f"{xml}: {count} connections, nodes {nodes[0]} -> {nodes[1]}, {', '.join(speeds)}", flush=True)


if __name__ == "__main__":
    main()
