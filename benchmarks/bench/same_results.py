"""Whether two states of openpot give the same results to the byte: for changes that are meant to change nothing.

    python same_results.py keep FOLDER [IR.xml CALIB.npz ...]    the results of the openpot of this interpreter
    python same_results.py compare BEFORE AFTER                  exit code 1 and the differences if there are any

`keep` runs `openpot.quantize` on each network that is named (of the zoo: `bench.py` writes IR and calibration inputs)
and every algorithm of the registry on a small network of its own, each in a process of its own, since names that
OpenVINO gives by itself count per process. A result is its model.xml, its model.bin and what run.json says; times, speed
and sizes of the executed graph's kernels are left out, and so are the paths of this machine.
"""
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

MEASURED = {"speedup", "throughput", "latency", "seconds", "times", "environment", "versions", "model"}
COMMON = {"target_device": "CPU", "stat_subset_size": 12}
PARAMETERS = {
    "AccuracyAwareCommon": {"maximal_drop": 0.001}, "AccuracyAwareQuantization": {"maximal_drop": 0.001},
    "AccuracyAwareGNA": {"maximal_drop": 0.001, "target_device": "GNA"}, "INT4MixedQuantization": {"maximal_drop": 0.5},
    "WeightSparsity": {"sparsity_level": 0.3}, "BaseWeightSparsity": {"sparsity_level": 0.3}, "MagnitudeSparsity": {"sparsity_level": 0.3},
    "RangeOptimization": {"maxiter": 8},
    "QuantNoiseEstimator": {"mode": "full_fq_noise"},
}
NEEDS_QUANTIZERS = {"QuantNoiseEstimator", "RangeOptimization", "FastBiasCorrection", "BiasCorrection", "OverflowCorrection", "WeightBiasCorrection"}


def small_network():
    import openvino as ov
    from openvino import opset13 as op

    def constant(seed, *shape):
        values = np.random.default_rng(seed).standard_normal(shape) * (2 / np.prod(shape[1:])) ** 0.5
        return op.constant(values.astype(np.float32), name=f"constant_{seed}")

    def layer(x, seed, *shape):
        x = op.convolution(x, constant(seed, *shape), [1, 1], [1, 1], [1, 1], [1, 1], name=f"convolution_{seed}")
        return op.relu(op.add(x, constant(seed + 50, 1, shape[0], 1, 1), name=f"bias_{seed}"), name=f"relu_{seed}")

    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    data.output(0).get_tensor().set_names({"data"})
    first = layer(data, 1, 12, 3, 3, 3)
    x = op.add(layer(first, 2, 12, 12, 3, 3), first, name="residual")
    x = op.reduce_mean(x, op.constant(np.array([2, 3]), name="axes"), False, name="pool")
    logits = op.matmul(x, constant(3, 10, 12), False, True, name="head")
    logits.output(0).get_tensor().set_names({"logits"})
    return ov.Model([op.result(logits, name="result")], [data], "small")


def small_samples():
    return [np.random.default_rng(100 + number).standard_normal((3, 16, 16)).astype(np.float32) for number in range(24)]


def keep_network(folder, xml, npz):
    import openpot
    from calib import read_calib

    openpot.quantize(xml, read_calib(npz)).save(folder)


def keep_algorithm(folder, name):
    """The model of one algorithm on the small network; its metric is the distance from what the float model answers."""
    import openpot
    import openvino as ov

    model = small_network()
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    samples = small_samples()
    answers = [compiled(sample[None])[0] for sample in samples]

    class Loader(openpot.DataLoader):
        def __len__(self):
            return len(samples)

        def __getitem__(self, index):
            return samples[index], answers[index]

    class Distance(openpot.Metric):
        name = "distance"

        def reset(self):
            self.distances = []

        def update(self, output, target):
            self.distances += [float(np.abs(output[0] - answer).mean()) for answer in target]

        value = property(lambda self: {self.name: [self.distances[-1]]})
        avg_value = property(lambda self: {self.name: float(np.mean(self.distances))})

        def get_attributes(self):
            return {self.name: {"direction": "higher-worse", "type": "distance"}}

    engine = openpot.IEEngine({"device": "CPU"}, Loader({}), Distance())
    steps = [{"name": name, "params": {**COMMON, **PARAMETERS.get(name, {})}}]
    if name in NEEDS_QUANTIZERS:
        steps.insert(0, {"name": "MinMaxQuantization", "params": COMMON})
    with TemporaryDirectory() as scratch:
        xml = Path(scratch) / "small.xml"
        ov.save_model(model, xml, compress_to_fp16=False)
        held = openpot.load_model({"model_name": "small", "model": str(xml), "weights": str(xml.with_suffix(".bin"))})
        openpot.save_model(openpot.create_pipeline(steps, engine).run(held), str(folder), "model")


def names_of_algorithms():
    from openpot.registry import COMPRESSION_ALGORITHMS

    return sorted(COMPRESSION_ALGORITHMS.registry_dict)


def keep(folder, pairs):
    """Each result in a process of its own; what fails is kept as its message, for that may not change either."""
    jobs = {Path(xml).stem: ["network", xml, npz] for xml, npz in zip(pairs[::2], pairs[1::2], strict=True)}
    jobs |= {name: ["algorithm", name] for name in names_of_algorithms()}
    for name, (kind, *arguments) in jobs.items():
        target = Path(folder) / name
        target.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([sys.executable, __file__, f"keep-{kind}", target, *arguments], capture_output=True, text=True)
        if done.returncode:
            (target / "failed.txt").write_text(done.stderr.strip().splitlines()[-1])
        print(name, "failed" if done.returncode else "kept", flush=True)


def without_measured(value):
    if isinstance(value, dict):
        return {key: without_measured(inner) for key, inner in value.items() if key not in MEASURED}
    return [without_measured(inner) for inner in value] if isinstance(value, list) else value


def differences(before, after, where=""):
    """The places at which two JSON values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from differences(before.get(key), after.get(key), f"{where}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from differences(*pair, f"{where}[{number}]")
    elif before != after:
        yield f"{where}: {str(before)[:80]} -> {str(after)[:80]}"


def compare(before, after):
    found = 0
    for one in sorted(path for path in Path(before).rglob("*") if path.is_file()):
        other = Path(after) / one.relative_to(before)
        if not other.exists():
            lines = ["is missing"]
        elif one.name == "run.json":
            lines = list(differences(*(without_measured(json.loads(path.read_text())) for path in (one, other))))
        else:
            lines = [] if one.read_bytes() == other.read_bytes() else ["differs"]
        found += len(lines)
        for line in lines[:10]:
            print(f"{one.relative_to(before)}{'' if line.startswith('.') else ' '}{line}")
    print("the same" if not found else f"{found} differences")
    return bool(found)


def main():
    match sys.argv[1:]:
        case ["keep", folder, *pairs]:
            keep(folder, pairs)
        case ["keep-network", folder, xml, npz]:
            keep_network(folder, xml, npz)
        case ["keep-algorithm", folder, name]:
            keep_algorithm(folder, name)
        case ["compare", before, after]:
            raise SystemExit(compare(before, after))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
