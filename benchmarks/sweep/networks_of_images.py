"""Networks written out here that read or make images: designs that libraries of models do not have, and their pitfalls."""
from functools import partial

from network import Network, images, images_of_sizes, joined, vectors, volumes


def nn():
    import torch
    return torch.nn


def cna(inputs, outputs, size=3, stride=1, groups=1, act="ReLU"):
    """Convolution, norm, activation."""
    layers = nn()
    return layers.Sequential(layers.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False), layers.BatchNorm2d(outputs),
                             getattr(layers, act)())


def module(parts, forward):
    """A module from named parts and a function of the parts and the inputs."""
    layers = nn()

    class Written(layers.Module):
        def __init__(self):
            super().__init__()
            for name, part in parts.items():
                setattr(self, name, part if isinstance(part, layers.Module) else layers.ModuleList(part))

        def forward(self, *inputs):
            return forward(self, *inputs)
    return Written()


def resnet_v1():
    """Strides in the first 1x1 convolution of a block, as Caffe has them."""
    layers = nn()

    def block(inputs, width, stride):
        shortcut = layers.Sequential(layers.Conv2d(inputs, 4 * width, 1, stride, bias=False), layers.BatchNorm2d(4 * width))
        body = layers.Sequential(cna(inputs, width, 1, stride), cna(width, width), layers.Conv2d(width, 4 * width, 1), layers.BatchNorm2d(4 * width))
        return module({"shortcut": shortcut, "body": body}, lambda m, x: (m.shortcut(x) + m.body(x)).relu())
    return layers.Sequential(cna(3, 32, 7, 2), layers.MaxPool2d(3, 2, 1), block(32, 32, 1), block(128, 64, 2), block(256, 64, 2), block(256, 128, 2),
                             layers.AdaptiveAvgPool2d(1), layers.Flatten(), layers.Linear(512, 20))


def yolo(filler=None, chosen=False):
    """Backbone, pooling with a filler as exporters write it, two heads; boxes in pixels beside scores; or the chosen ones."""
    import torch
    layers = nn()
    act = "SiLU"
    parts = {"stem": layers.Sequential(cna(3, 16, 3, 2, act=act), cna(16, 32, 3, 2, act=act), cna(32, 32, act=act)), "down": cna(32, 64, 3, 2, act=act),
             "join": cna(256, 64, 1, act=act), "up": cna(96, 32, act=act), "far": layers.Conv2d(64, 3 * 9, 1), "near": layers.Conv2d(32, 3 * 9, 1)}

    def pool(x):
        if filler is None:
            return layers.functional.max_pool2d(x, 5, 1, 2)
        return layers.functional.max_pool2d(layers.functional.pad(x, (2, 2, 2, 2), value=filler), 5, 1)

    def decoded(x, stride):
        x = x.reshape(-1, 3, 9, *x.shape[2:]).permute(0, 1, 3, 4, 2)
        grid = torch.stack(torch.meshgrid(torch.arange(x.shape[2]), torch.arange(x.shape[3]), indexing="xy"), -1).float()
        boxes = torch.cat([(x[..., :2].sigmoid() * 2 - 0.5 + grid) * stride, (x[..., 2:4].sigmoid() * 2) ** 2 * 4 * stride, x[..., 4:].sigmoid()], -1)
        return boxes.reshape(x.shape[0], -1, 9)

    def forward(m, x):
        small = m.stem(x)
        deep = m.down(small)
        first = pool(deep)
        second = pool(first)
        deep = m.join(torch.cat([deep, first, second, pool(second)], 1))
        near = m.up(torch.cat([layers.functional.interpolate(deep, scale_factor=2.0), small], 1))
        found = torch.cat([decoded(m.far(deep), 8), decoded(m.near(near), 4)], 1)
        if not chosen:
            return found
        import torchvision
        corners = torch.cat([found[0, :, :2] - found[0, :, 2:4] / 2, found[0, :, :2] + found[0, :, 2:4] / 2], 1)
        scores = found[0, :, 4] * found[0, :, 5:].amax(1)
        kept = torchvision.ops.nms(corners, scores, 0.5)[:50]
        return corners[kept], scores[kept]
    if chosen:
        import torchvision_operations  # noqa: F401
    return module(parts, forward)


def unet(dimensions=2, transposed=False, width=16):
    import torch
    layers = nn()
    conv, norm, pool, up = (getattr(layers, f"{kind}{dimensions}d") for kind in ("Conv", "BatchNorm", "MaxPool", "ConvTranspose"))

    def twice(inputs, outputs):
        return layers.Sequential(conv(inputs, outputs, 3, padding=1), norm(outputs), layers.ReLU(), conv(outputs, outputs, 3, padding=1), norm(outputs),
                                 layers.LeakyReLU(0.1))
    widths = [width, 2 * width, 4 * width]
    ups = [up(2 * w, w, 2, 2) if transposed else layers.Sequential(layers.Upsample(scale_factor=2), conv(2 * w, w, 3, padding=1)) for w in (2 * width, width)]
    parts = {"downs": [twice(a, b) for a, b in zip([1 if dimensions == 3 else 3, *widths], widths)], "pool": pool(2), "ups": ups,
             "merges": [twice(4 * width, 2 * width), twice(2 * width, width)], "head": conv(width, 3, 1)}

    def forward(m, x):
        skips = []
        for down in m.downs:
            x = down(x if not skips else m.pool(x))
            skips.append(x)
        for up_, merge, skip in zip(m.ups, m.merges, (skips[1], skips[0])):
            x = merge(torch.cat([up_(x), skip], 1))
        return m.head(x)
    return module(parts, forward)


def generator():
    """DCGAN: a vector becomes an image by transposed convolutions."""
    layers = nn()
    steps = [layers.Unflatten(1, (64, 1, 1))]
    for inputs, outputs in ((64, 128), (128, 64), (64, 32), (32, 16)):
        steps += [layers.ConvTranspose2d(inputs, outputs, 4, 2 if inputs != 64 or outputs != 128 else 1, 1 if inputs != 64 or outputs != 128 else 0,
                                         bias=False), layers.BatchNorm2d(outputs), layers.ReLU()]
    return layers.Sequential(*steps, layers.ConvTranspose2d(16, 3, 4, 2, 1), layers.Tanh())


def style_generator():
    """Weights that depend on the input: modulated by a style, and instance norms."""
    layers = nn()
    parts = {"mapping": layers.Sequential(layers.Linear(32, 64), layers.LeakyReLU(0.2), layers.Linear(64, 64), layers.LeakyReLU(0.2)),
             "styles": [layers.Linear(64, 64) for _ in range(3)], "convs": [layers.Conv2d(32, 32, 3, padding=1) for _ in range(3)],
             "start": layers.Linear(32, 32 * 64), "head": layers.Conv2d(32, 3, 1)}

    def forward(m, z):
        style, x = m.mapping(z), m.start(z).reshape(-1, 32, 8, 8)
        for affine, conv in zip(m.styles, m.convs):
            scale, shift = affine(style)[:, :, None, None].chunk(2, 1)
            x = layers.functional.instance_norm(conv(layers.functional.interpolate(x, scale_factor=2.0, mode="bilinear")))
            x = layers.functional.leaky_relu(x * (1 + scale) + shift, 0.2)
        return m.head(x)
    return module(parts, forward)


def super_resolution(kind):
    layers = nn()
    body = [layers.Sequential(layers.Conv2d(32, 32, 3, padding=1), layers.ReLU(), layers.Conv2d(32, 32, 3, padding=1)) for _ in range(4)]
    parts = {"head": layers.Conv2d(3, 32, 3, padding=1), "body": body, "tail": {
        "edsr": layers.Sequential(layers.Conv2d(32, 12, 3, padding=1), layers.PixelShuffle(2)),
        "fsrcnn": layers.Sequential(layers.Conv2d(32, 12, 1), layers.PReLU(12), layers.Conv2d(12, 12, 3, padding=1), layers.PReLU(12),
                                    layers.ConvTranspose2d(12, 3, 9, 2, 4, 1))}[kind]}

    def forward(m, x):
        y = m.head(x)
        for block in m.body:
            y = y + 0.5 * block(y)
        return m.tail(y) + layers.functional.interpolate(x, scale_factor=2.0, mode="bicubic" if kind == "edsr" else "bilinear")
    return module(parts, forward)


def autoencoder():
    layers = nn()
    return layers.Sequential(cna(3, 16, 3, 2), cna(16, 32, 3, 2), cna(32, 64, 3, 2), layers.Flatten(), layers.Linear(64 * 64, 32), layers.Linear(32, 64 * 64),
                             layers.Unflatten(1, (64, 8, 8)), *(part for a, b in ((64, 32), (32, 16), (16, 16)) for part in
                                                               (layers.ConvTranspose2d(a, b, 2, 2), layers.BatchNorm2d(b), layers.ReLU())),
                             layers.Conv2d(16, 3, 3, padding=1), layers.Sigmoid())


def hourglass():
    """Pose estimation: heat maps that are read by their largest values."""
    layers = nn()
    parts = {"stem": layers.Sequential(cna(3, 32, 7, 2), cna(32, 32)), "skips": [cna(32, 32) for _ in range(3)], "downs": [cna(32, 32) for _ in range(3)],
             "ups": [cna(32, 32) for _ in range(3)], "head": layers.Conv2d(32, 8, 1)}

    def forward(m, x):
        y, kept = m.stem(x), []
        for skip, down in zip(m.skips, m.downs):
            kept.append(skip(y))
            y = down(layers.functional.max_pool2d(y, 2))
        for up in m.ups:
            y = layers.functional.interpolate(up(y), scale_factor=2.0) + kept.pop()
        return m.head(y)
    return module(parts, forward)


def siamese():
    """One tower for two images, then their distance."""
    layers = nn()
    tower = layers.Sequential(cna(3, 32, 3, 2), cna(32, 64, 3, 2), cna(64, 64, 3, 2), layers.AdaptiveAvgPool2d(1), layers.Flatten(), layers.Linear(64, 32))
    return module({"tower": tower}, lambda m, a, b: (m.tower(a) - m.tower(b)).square().sum(1, keepdim=True))


def tracker():
    """A template correlated with a search region: a convolution whose weights are computed."""
    import torch
    layers = nn()
    tower = layers.Sequential(cna(3, 16, 3, 2), cna(16, 32, 3, 2), layers.Conv2d(32, 32, 3, padding=1))

    def forward(m, template, region):
        scores = [layers.functional.conv2d(m.tower(one), m.tower(other)) for one, other in zip(region.split(1), template.split(1))]
        return m.head(torch.cat(scores) * 0.01)
    return module({"tower": tower, "head": layers.Conv2d(1, 2, 3, padding=1)}, forward)


def grouped():
    layers = nn()
    return layers.Sequential(cna(3, 32, 3, 2), cna(32, 64, 3, 2, 4), cna(64, 64, 5, 1, 64, "Hardswish"), cna(64, 64, 1, 1, 8), layers.ChannelShuffle(8),
                             cna(64, 96, 3, 2, 32, "ELU"), layers.Conv2d(96, 20, 1), layers.AdaptiveMaxPool2d(1), layers.Flatten())


def dilated():
    """Context of a dense prediction by dilated and by asymmetric convolutions."""
    layers = nn()
    return layers.Sequential(cna(3, 32, 3, 2), *(part for rate in (1, 2, 4, 8) for part in
                             (layers.Conv2d(32, 32, 3, padding=rate, dilation=rate), layers.BatchNorm2d(32), layers.GELU())),
                             layers.Conv2d(32, 32, (1, 7), padding=(0, 3)), layers.Conv2d(32, 32, (7, 1), padding=(3, 0)), layers.Mish(), layers.Conv2d(32, 5, 1))


def crnn():
    """Text lines: convolutions, then a recurrent network over the columns."""
    layers = nn()
    parts = {"columns": layers.Sequential(cna(1, 32), layers.MaxPool2d(2), cna(32, 64), layers.MaxPool2d(2), cna(64, 64), layers.MaxPool2d((4, 1)), cna(64, 64),
                                          layers.MaxPool2d((2, 1))),
             "rnn": layers.LSTM(64, 48, 2, bidirectional=True), "head": layers.Linear(96, 40)}
    return module(parts, lambda m, x: m.head(m.rnn(m.columns(x).squeeze(2).permute(2, 0, 1))[0]))


def matting():
    """Two outputs on scales that are decades apart, from an encoder with squeeze and excitation."""
    layers = nn()
    parts = {"body": layers.Sequential(cna(3, 32, 3, 2), cna(32, 48)), "squeeze": layers.Sequential(layers.AdaptiveAvgPool2d(1), layers.Conv2d(48, 12, 1),
             layers.ReLU(), layers.Conv2d(12, 48, 1), layers.Hardsigmoid()), "alpha": layers.Conv2d(48, 1, 3, padding=1), "depth": layers.Conv2d(48, 1, 3, padding=1)}

    def forward(m, x):
        y = m.body(x)
        y = y * m.squeeze(y)
        return m.alpha(y).sigmoid(), 1000 * layers.functional.softplus(m.depth(y))
    return module(parts, forward)


def points():
    """PointNet: a set of points, one maximum over all of them."""
    layers = nn()
    parts = {"each": layers.Sequential(*(part for a, b in ((3, 32), (32, 64), (64, 256)) for part in (layers.Conv1d(a, b, 1), layers.BatchNorm1d(b), layers.ReLU()))),
             "all": layers.Sequential(layers.Linear(256, 64), layers.ReLU(), layers.Linear(64, 10))}
    return module(parts, lambda m, x: m.all(m.each(x).amax(2)))


NETWORKS = [
    Network("own/resnet_v1", resnet_v1, images()),
    Network("own/yolo", yolo, images(128)),
    *(Network(f"own/yolo_filler_{name}", partial(yolo, value), images(128)) for name, value in (("inf", float("-inf")), ("1e9", -1e9), ("half", -65504.0))),
    Network("own/yolo_with_nms", partial(yolo, None, True), images(128)),
    Network("own/unet", unet, images()),
    Network("own/unet_transposed", partial(unet, 2, True), images()),
    Network("own/unet_1d", partial(unet, 1, True), lambda rng, number: [images((1, 512))(rng, number)[0][:, :, 0]]),
    Network("own/unet_3d", partial(unet, 3, False, 8), volumes(1, 16, 32, 32)),
    Network("own/unet_3d_transposed", partial(unet, 3, True, 8), volumes(1, 16, 32, 32)),
    Network("own/unet:dynamic", unet, images_of_sizes(64, 96), dynamic=((0, 2, 3),)),
    Network("own/unet_transposed:onnx", partial(unet, 2, True), images(), "onnx"),
    Network("own/dcgan", generator, vectors(1, 64)),
    Network("own/style_generator", style_generator, vectors(1, 32)),
    Network("own/edsr", partial(super_resolution, "edsr"), images(48)),
    Network("own/fsrcnn", partial(super_resolution, "fsrcnn"), images(48)),
    Network("own/edsr:dynamic", partial(super_resolution, "edsr"), images_of_sizes(32, 48), dynamic=((2, 3),)),
    Network("own/autoencoder", autoencoder, images()),
    Network("own/hourglass", hourglass, images(128)),
    Network("own/siamese", siamese, joined(images(), images())),
    Network("own/tracker", tracker, joined(images(32), images())),
    Network("own/grouped", grouped, images()),
    Network("own/dilated", dilated, images()),
    Network("own/batch_of_4", grouped, images(batch=4)),
    Network("own/crnn", crnn, images((32, 96), channels=1)),
    Network("own/crnn:onnx", crnn, images((32, 96), channels=1), "onnx"),
    Network("own/matting", matting, images()),
    Network("own/pointnet", points, lambda rng, number: [rng.standard_normal((1, 3, 256)).astype("f4") * rng.uniform(0.5, 1.5, (1, 3, 1)).astype("f4")]),
]
