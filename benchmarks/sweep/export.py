"""Write one network as IR with its data: export.py NAME FOLDER. Prints one JSON line.

Random weights are settled first: what initialization left constant is drawn, and the statistics of batch norms are those
of the data, so that activations are as healthy as those of a trained network.
"""
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import openvino as ov
from network import CALIBRATION_SAMPLES, UNSEEN_SAMPLES, samples_of

sys.path.append(str(Path(__file__).resolve().parent.parent / "bench"))
from calib import write_calib  # noqa: E402

SETTLING_BATCHES, SETTLING_BATCH = 4, 8


def draw_constants(module):
    """Norms, layer scales, biases and heads that were initialized with one value get different ones."""
    import torch
    for parameter in module.parameters():
        if parameter.numel() < 2 or parameter.max() != parameter.min():
            continue
        value = float(parameter.flatten()[0])
        if parameter.dim() > 1 and value == 0:
            torch.nn.init.normal_(parameter, 0, parameter[0].numel() ** -0.5)
        elif abs(value) < 1e-3:
            torch.nn.init.uniform_(parameter, 0.1, 0.5) if value else torch.nn.init.normal_(parameter, 0, 0.1)
        else:
            torch.nn.init.uniform_(parameter, *sorted((0.5 * value, 1.5 * value)))


def settle(module, network):
    """Give batch norms the statistics of the network's own data."""
    import torch
    norms = [part for part in module.modules() if isinstance(part, torch.nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        norm.train()
        norm.momentum = None  # the plain mean over the batches
        norm.reset_running_stats()
    if norms:
        for batch in range(SETTLING_BATCHES):
            samples = [network.sample(np.random.default_rng(10_000 + SETTLING_BATCH * batch + n), 0) for n in range(SETTLING_BATCH)]
            module(*(torch.from_numpy(np.concatenate(arrays)) for arrays in zip(*samples, strict=True)))
    module.eval()


def from_torch(network):
    import torch
    torch.set_num_threads(1)  # small networks: more threads wait for each other, on a busy machine for long
    torch.manual_seed(0)
    module = network.build().eval()
    with torch.no_grad():
        draw_constants(module)
        settle(module, network)
        arrays = network.sample(np.random.default_rng(0), 0)
        example = tuple(torch.from_numpy(array) for array in arrays)
        if network.front_end == "onnx":
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.onnx"
                names = [f"input{number}" for number in range(len(example))]
                axes = {name: dict.fromkeys(open_axes) for name, open_axes in zip(names, network.dynamic, strict=False)}
                axes = {name: {axis: f"{name}_{axis}" for axis in given} for name, given in axes.items()}
                torch.onnx.export(module, example, str(path), input_names=names, dynamic_axes=axes or None, dynamo=False)
                return ov.Core().read_model(path).clone(), arrays
        return ov.convert_model(module, example_input=example), arrays


def from_keras(network):
    import tensorflow as tf
    tf.keras.utils.set_random_seed(0)
    model = network.build()
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, tf.keras.layers.BatchNormalization):
            layer.momentum = 0.5
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) if "gamma" in v.name else rng.normal(0, 0.1, w.shape)
                               if "beta" in v.name else w for v, w in zip(layer.weights, layer.get_weights(), strict=True)])
    for batch in range(3 * SETTLING_BATCHES):
        samples = [network.sample(np.random.default_rng(10_000 + SETTLING_BATCH * batch + n), 0)[0] for n in range(SETTLING_BATCH)]
        model(np.concatenate(samples), training=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        model.export(folder, verbose=False)
        path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(folder).convert())
        return ov.Core().read_model(path).clone(), network.sample(rng, 0)


def main():
    from networks import NETWORKS
    network, folder = NETWORKS[sys.argv[1]], Path(sys.argv[2])
    model, arrays = (from_keras if network.front_end == "tflite" else from_torch)(network)
    open_axes = network.dynamic or ((),) * len(arrays)
    model.reshape({port: ov.PartialShape([-1 if axis in axes else size for axis, size in enumerate(array.shape)])
                   for port, array, axes in zip(model.inputs, arrays, open_axes, strict=True)})
    model.validate_nodes_and_infer_types()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        part = Path(unfinished) / "whole"
        part.mkdir()
        write_calib(part / "calib.npz", samples_of(network, CALIBRATION_SAMPLES, 0))
        write_calib(part / "unseen.npz", samples_of(network, UNSEEN_SAMPLES, 5_000))
        ov.save_model(model, part / "fp32.xml", compress_to_fp16=False)
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    print(json.dumps({"inputs": [str(port.get_partial_shape()) for port in model.inputs],
                      "outputs": [str(port.get_partial_shape()) for port in model.outputs], "operations": len(model.get_ops())}))


if __name__ == "__main__":
    main()
