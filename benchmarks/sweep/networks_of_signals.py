"""Networks written out here that read signals, sequences, graphs and tables."""
from functools import partial

import numpy as np
from network import Network, images, joined, signals, smooth, vectors
from networks_of_images import cna, module, nn


def torch_functions():
    import torch
    return torch


def wave_net():
    """Dilated 1-D convolutions with gates and skips."""
    layers = nn()
    rates = (1, 2, 4, 8, 16)
    parts = {"start": layers.Conv1d(1, 32, 1), "gates": [layers.Conv1d(32, 64, 3, padding=rate, dilation=rate) for rate in rates],
             "outs": [layers.Conv1d(32, 64, 1) for _ in rates], "head": layers.Sequential(layers.ReLU(), layers.Conv1d(32, 64, 1), layers.ReLU(), layers.Conv1d(64, 16, 1))}

    def forward(m, x):
        x, total = m.start(x), 0
        for gate, out in zip(m.gates, m.outs):
            value, opened = gate(x).chunk(2, 1)
            change, skip = out(value.tanh() * opened.sigmoid()).chunk(2, 1)
            x, total = x + change, total + skip
        return m.head(total)
    return module(parts, forward)


def strided_1d():
    """A residual network for electrocardiograms, strided 1x1 shortcuts included."""
    layers = nn()

    def block(inputs, outputs):
        body = layers.Sequential(layers.Conv1d(inputs, outputs, 7, 2, 3), layers.BatchNorm1d(outputs), layers.ReLU(), layers.Conv1d(outputs, outputs, 7, 1, 3), layers.BatchNorm1d(outputs))
        return module({"body": body, "shortcut": layers.Conv1d(inputs, outputs, 1, 2)}, lambda m, x: (m.body(x) + m.shortcut(x)).relu())
    return layers.Sequential(block(2, 32), block(32, 48), block(48, 64), layers.AdaptiveAvgPool1d(1), layers.Flatten(), layers.Linear(64, 9))


def vocoder():
    """HiFi-GAN: a spectrogram becomes a waveform by transposed 1-D convolutions."""
    layers = nn()
    steps = [layers.Conv1d(40, 96, 7, padding=3)]
    for inputs, outputs, stride in ((96, 48, 8), (48, 24, 4), (24, 12, 2)):
        steps += [layers.LeakyReLU(0.1), layers.ConvTranspose1d(inputs, outputs, 2 * stride, stride, stride // 2), layers.LeakyReLU(0.1), layers.Conv1d(outputs, outputs, 3, padding=3, dilation=3)]
    return layers.Sequential(*steps, layers.LeakyReLU(), layers.Conv1d(12, 1, 7, padding=3), layers.Tanh())


def separator():
    """Demucs: strided 1-D encoder, LSTM, transposed decoder with skips."""
    layers = nn()
    parts = {"downs": [layers.Sequential(layers.Conv1d(a, b, 8, 4, 2), layers.ReLU(), layers.Conv1d(b, 2 * b, 1), layers.GLU(1)) for a, b in ((1, 24), (24, 48))],
             "rnn": layers.LSTM(48, 48, batch_first=True), "ups": [layers.ConvTranspose1d(a, b, 8, 4, 2) for a, b in ((48, 24), (24, 2))]}

    def forward(m, x):
        kept = []
        for down in m.downs:
            x = down(x)
            kept.append(x)
        x = m.rnn(x.transpose(1, 2))[0].transpose(1, 2)
        for number, up in enumerate(m.ups):
            x = up(x + kept.pop())
            x = x if number else x.relu()
        return x
    return module(parts, forward)


def pitch():
    layers = nn()
    return layers.Sequential(*(part for a, b in ((1, 64), (64, 32), (32, 64)) for part in (layers.Conv1d(a, b, 16, 2, 8), layers.ReLU(), layers.BatchNorm1d(b), layers.MaxPool1d(2))),
                             layers.Flatten(), layers.Linear(64 * 16, 36), layers.Sigmoid())


def keyword_spotter():
    layers = nn()
    return layers.Sequential(cna(1, 48, 5, 2), *(part for _ in range(3) for part in (cna(48, 48, 3, 1, 48), cna(48, 48, 1))), layers.AdaptiveAvgPool2d(1),
                             layers.Flatten(), layers.Linear(48, 12))


def recurrent(kind, layers_=2, both=False, steps_first=False):
    layers = nn()
    parts = {"rnn": getattr(layers, kind)(24, 64, layers_, batch_first=not steps_first, bidirectional=both), "head": layers.Linear(128 if both else 64, 10)}
    return module(parts, lambda m, x: m.head(m.rnn(x)[0]))


def forecaster():
    """Convolutions, a GRU and its last state: a forecast of several values."""
    layers = nn()
    parts = {"conv": layers.Conv1d(6, 48, 5, padding=2), "rnn": layers.GRU(48, 64, batch_first=True), "head": layers.Sequential(layers.Linear(64, 64), layers.ReLU(), layers.Linear(64, 12))}
    return module(parts, lambda m, x: m.head(m.rnn(m.conv(x).relu().transpose(1, 2))[0][:, -1]))


def state_space():
    """A diagonal linear state space, its kernel computed from weights, between gated projections."""
    torch, layers = torch_functions(), nn()

    class Filter(layers.Module):
        def __init__(self):
            super().__init__()
            self.decay = layers.Parameter(torch.linspace(-3, 0, 48))
            self.mix, self.gate, self.out = layers.Linear(48, 48), layers.Linear(48, 48), layers.Linear(48, 48)
            self.norm = layers.LayerNorm(48)

        def forward(self, x):
            y = self.norm(x)
            times = torch.arange(x.shape[1], dtype=torch.float32)
            late = (times[:, None] - times[None]).clamp(min=0)
            kernel = torch.exp(-self.decay.exp()[:, None, None] * late) * (times[:, None] >= times[None])
            state = torch.matmul(kernel, self.mix(y).permute(2, 1, 0)).permute(2, 1, 0)
            return x + self.out(state * layers.functional.silu(self.gate(y)))
    return layers.Sequential(layers.Linear(8, 48), Filter(), Filter(), layers.LayerNorm(48), layers.Linear(48, 6))


def selective_scan():
    """A state updated step by step: unrolled over sixteen steps, with step sizes that depend on the input."""
    torch, layers = torch_functions(), nn()
    parts = {"start": layers.Linear(8, 64), "step": layers.Linear(64, 64), "read": layers.Linear(64, 16), "write": layers.Linear(64, 16), "head": layers.Linear(64, 6)}

    def forward(m, x):
        x = layers.functional.silu(m.start(x))
        size, read, write = layers.functional.softplus(m.step(x)), m.read(x), m.write(x)
        state, seen = 0, []
        for step in range(16):
            state = state * torch.exp(-size[:, step, :, None]) + size[:, step, :, None] * write[:, step, None] * x[:, step, :, None]
            seen.append((state * read[:, step, None]).sum(-1))
        return m.head(torch.stack(seen, 1))
    return module(parts, forward)


def graph_convolution(attends):
    """Nodes and their neighbours by dense products with the adjacency matrix."""
    torch, layers = torch_functions(), nn()
    parts = {"layers_": [layers.Linear(a, b) for a, b in ((16, 48), (48, 48), (48, 48))], "keys": [layers.Linear(48, 1) for _ in range(3)], "head": layers.Linear(48, 5)}

    def forward(m, nodes, adjacency):
        for linear, key in zip(m.layers_, m.keys):
            nodes = linear(nodes)
            weights = adjacency / adjacency.sum(-1, keepdim=True)
            if attends:
                score = layers.functional.leaky_relu(key(nodes) + key(nodes).transpose(1, 2), 0.2)
                weights = torch.where(adjacency > 0, score, torch.tensor(-1e9)).softmax(-1)
            nodes = torch.matmul(weights, nodes).relu()
        return m.head(nodes)
    return module(parts, forward)


def graphs(nodes):
    def sample(rng, number):
        joins = (rng.random((nodes, nodes)) < 0.15) | np.eye(nodes, dtype=bool)
        return [smooth(rng, 16, nodes).T[None].copy(), (joins | joins.T).astype(np.float32)[None]]
    return sample


def recommender():
    """DLRM: embeddings of categories, products of all pairs, two perceptrons."""
    torch, layers = torch_functions(), nn()
    parts = {"tables": [layers.Embedding(200, 16) for _ in range(6)], "below": layers.Sequential(layers.Linear(13, 64), layers.ReLU(), layers.Linear(64, 16), layers.ReLU()),
             "above": layers.Sequential(layers.Linear(16 + 21, 64), layers.ReLU(), layers.Linear(64, 32), layers.ReLU(), layers.Linear(32, 1))}

    def forward(m, dense, categories):
        dense = m.below(dense)
        features = torch.stack([dense, *(table(categories[:, number]) for number, table in enumerate(m.tables))], 1)
        pairs = torch.matmul(features, features.transpose(1, 2))
        below = [7 * row + column for row in range(7) for column in range(row)]
        return m.above(torch.cat([dense, pairs.flatten(1)[:, below]], 1))
    return module(parts, forward)


def categories(rows):
    return lambda rng, number: [(rng.zipf(1.5, (rows, 6)) % 200).astype(np.int64)]


def wide_and_deep():
    layers, torch = nn(), torch_functions()
    parts = {"wide": layers.Linear(64, 1), "deep": layers.Sequential(layers.Linear(64, 128), layers.GELU(), layers.Linear(128, 64), layers.GELU(), layers.Linear(64, 1))}
    return module(parts, lambda m, x: torch.sigmoid(m.wide(x) + m.deep(x)))


def perceptron(norm=False):
    layers = nn()
    widths = [(64, 256), (256, 256), (256, 128)]
    return layers.Sequential(*(part for a, b in widths for part in (layers.Linear(a, b), *([layers.BatchNorm1d(b)] if norm else []), layers.ReLU())), layers.Linear(128, 10))


def encoder_decoder():
    layers = nn()
    net = layers.Transformer(64, 4, 2, 2, 128, 0.0, batch_first=True)
    return module({"net": net, "head": layers.Linear(64, 30)}, lambda m, source, target: m.head(m.net(source, target)))


def mixture_of_experts():
    """All experts are computed, and a softmax weighs them."""
    layers, torch = nn(), torch_functions()
    parts = {"gate": layers.Linear(48, 4), "experts": [layers.Sequential(layers.Linear(48, 96), layers.SiLU(), layers.Linear(96, 48)) for _ in range(4)], "head": layers.Linear(48, 10)}

    def forward(m, x):
        weights = m.gate(x).softmax(-1)
        return m.head(sum(weights[..., number, None] * expert(x) for number, expert in enumerate(m.experts)))
    return module(parts, forward)


def audio_tagger():
    """A spectrum computed inside, its logarithm, then 2-D convolutions."""
    layers, torch = nn(), torch_functions()
    wave = torch.arange(64)[:, None] * torch.arange(1, 33) * torch.pi / 64
    frames = layers.Conv1d(1, 64, 64, 16, bias=False)
    frames.weight = layers.Parameter(torch.cat([wave.cos(), wave.sin()], 1).T[:, None].contiguous())
    body = layers.Sequential(cna(1, 32), layers.MaxPool2d(2), cna(32, 48), layers.AdaptiveAvgPool2d(1), layers.Flatten(), layers.Linear(48, 10))

    def forward(m, x):
        real, imaginary = m.frames(x).chunk(2, 1)
        return m.body((real.square() + imaginary.square() + 1e-6).log()[:, None])
    return module({"frames": frames, "body": body}, forward)


NETWORKS = [
    Network("own/wavenet", wave_net, signals(1, 512)),
    Network("own/resnet_1d", strided_1d, signals(2, 512)),
    Network("own/resnet_1d:dynamic", strided_1d, signals(2, 512), dynamic=((0, 2),)),
    Network("own/hifigan", vocoder, signals(40, 32)),
    Network("own/demucs", separator, signals(1, 1024)),
    Network("own/pitch", pitch, signals(1, 1024)),
    Network("own/keyword_spotter", keyword_spotter, images((48, 40), channels=1)),
    Network("own/audio_tagger", audio_tagger, signals(1, 2048)),
    *(Network(f"own/{kind.lower()}", partial(recurrent, kind), vectors(1, 20, 24)) for kind in ("LSTM", "GRU", "RNN")),
    Network("own/bi_lstm", partial(recurrent, "LSTM", 2, True), vectors(1, 20, 24)),
    Network("own/lstm:onnx", partial(recurrent, "LSTM", 2, False, True), vectors(20, 1, 24), "onnx"),
    Network("own/gru:dynamic", partial(recurrent, "GRU"), vectors(1, 20, 24), dynamic=((1,),)),
    Network("own/forecaster", forecaster, signals(6, 48)),
    Network("own/state_space", state_space, vectors(1, 64, 8)),
    Network("own/selective_scan", selective_scan, vectors(1, 16, 8)),
    Network("own/graph_convolution", partial(graph_convolution, False), graphs(48)),
    Network("own/graph_attention", partial(graph_convolution, True), graphs(48)),
    Network("own/dlrm", recommender, joined(vectors(8, 13), categories(8))),
    Network("own/wide_and_deep", wide_and_deep, vectors(16, 64)),
    Network("own/mlp", perceptron, vectors(1, 64)),
    Network("own/mlp:dynamic", partial(perceptron, True), vectors(8, 64), dynamic=((0,),)),
    Network("own/mlp:onnx", partial(perceptron, True), vectors(32, 64), "onnx"),
    Network("own/encoder_decoder", encoder_decoder, joined(vectors(1, 24, 64), vectors(1, 12, 64))),
    Network("own/mixture_of_experts", mixture_of_experts, vectors(1, 32, 48)),
]
