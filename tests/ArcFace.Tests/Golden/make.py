"""Makes the files of this folder with PyTorch (1.13 of Debian 12): python3 make.py

Whole networks are kept small by letting their weights share storages: torch.save writes a storage once, however many strided views
of it there are. The networks are written down here from the papers, with the names of InsightFace's state dictionaries.
"""
import collections
import os
import torch
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(23)
torch.set_num_threads(2)


def path(name):
    return os.path.join(here, name)


def pictures(count):
    """Smooth pictures from -1 to 1 that need no file: sin((c + 1) x / 9 + y / (5 + n) + c)."""
    n, c, y, x = torch.meshgrid(torch.arange(count), torch.arange(3), torch.arange(112), torch.arange(112), indexing="ij")
    return torch.sin((c + 1).double() * x / 9 + y.double() / (5 + n) + c).float()


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.prelu = nn.PReLU(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, stride, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn3(self.conv2(self.prelu(self.bn2(self.conv1(self.bn1(x))))))
        return y + (x if self.downsample is None else self.downsample(x))


class Residual(nn.Module):
    """18 layers, for 112x112."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.prelu = nn.PReLU(64)
        width = 64
        for stage, outputs in enumerate([64, 128, 256, 512], 1):
            setattr(self, f"layer{stage}", nn.Sequential(Block(width, outputs, 2), Block(outputs, outputs, 1)))
            width = outputs
        self.bn2 = nn.BatchNorm2d(512)
        self.fc = nn.Linear(512 * 7 * 7, 512)
        self.features = nn.BatchNorm1d(512)

    def forward(self, x):
        x = self.prelu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.features(self.fc(self.bn2(x).flatten(1)))


class Chain(nn.Module):
    def __init__(self, *layers, residual=False):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.residual = residual

    def forward(self, x):
        return x + self.layers(x) if self.residual else self.layers(x)


def linear(inputs, outputs, kernel=1, stride=1, padding=0, groups=1):
    return Chain(nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(outputs))


def convolved(inputs, outputs, kernel=1, stride=1, padding=0, groups=1):
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
    return Chain(convolution, nn.BatchNorm2d(outputs), nn.PReLU(outputs))


def depthwise(inputs, outputs, expanded, stride=2, residual=False):
    middle = convolved(expanded, expanded, 3, stride, 1, expanded)
    return Chain(convolved(inputs, expanded), middle, linear(expanded, outputs), residual=residual)


def repeated(channels, count, expanded):
    return Chain(*[depthwise(channels, channels, expanded, 1, True) for _ in range(count)])


class Mobile(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            convolved(3, 128, 3, 2, 1), convolved(128, 128, 3, 1, 1, 64), depthwise(128, 128, 128), repeated(128, 4, 128),
            depthwise(128, 256, 256), repeated(256, 6, 256), depthwise(256, 256, 512), repeated(256, 2, 256))
        self.conv_sep = convolved(256, 512)
        self.features = Chain(linear(512, 512, 7, groups=512), nn.Flatten(), nn.Linear(512, 512, bias=False), nn.BatchNorm1d(512))

    def forward(self, x):
        return self.features(self.conv_sep(self.layers(x)))


def share_storages(network, kind):
    """The network's tensors as overlapping views of two storages. Batch normalisation takes the scale of the weights up."""
    large, small = torch.randn(48_000).to(kind), torch.randn(2_000).to(kind)
    state, place = collections.OrderedDict(), 0
    for name, tensor in network.state_dict().items():
        place = (place + 101) % 1_000
        if tensor.dim() > 1:
            strides = {4: [31, 7, 3, 1], 2: [11, 1]}[tensor.dim()]
            state[name] = large.as_strided(tensor.shape, strides, place)
        elif tensor.dim() == 1:
            state[name] = small.as_strided(tensor.shape, [1], place)
        else:
            state[name] = tensor
    return state


def whole(network, name, kind, prefix=""):
    state = share_storages(network, kind)
    network.load_state_dict(state)
    with torch.no_grad():
        for part in network.modules():
            if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
                part.weight.abs_().add_(0.1)
                part.momentum = None
                part.reset_running_stats()
            if isinstance(part, nn.PReLU):
                part.weight.mul_(0.2)
        network.train()
        network(pictures(12))
        network.eval()
    for key, tensor in network.state_dict().items():
        if tensor.dim() == 1:
            state[key] = tensor.to(kind)
        elif tensor.dim() == 0:
            state[key] = tensor
    network.load_state_dict(state)
    torch.save(collections.OrderedDict((prefix + key, value) for key, value in state.items()), path(name))
    with torch.no_grad():
        return network.double()(pictures(2).double()).float()


answers = {
    "iresnet18": whole(Residual(), "iresnet18-float16.pth", torch.float16),
    "mobilefacenet": whole(Mobile(), "mobilefacenet-module.pth", torch.float16, "module."),
}
torch.save(answers, path("embeddings.pth"))

body = nn.Linear(4, 3)
optimizer = torch.optim.SGD(body.parameters(), lr=0.1, momentum=0.9)
body(torch.ones(2, 4)).sum().backward()
optimizer.step()
with torch.no_grad():
    body.weight.copy_(torch.arange(12.0).reshape(3, 4))
    body.bias.copy_(torch.tensor([0.5, 0.25, 0.125]))
torch.save({
    "epoch": 3, "global_step": 2**40, "lr": 0.1, "name": "run", "nothing": None, "flags": [True, False, (1, 2)],
    "state_dict_backbone": body.state_dict(), "state_dict_softmax_fc": {"weight": torch.arange(15.0).reshape(5, 3)},
    "state_optimizer": optimizer.state_dict()}, path("checkpoint.pt"))

base = torch.arange(24.0)
shared = torch.tensor([1.5, 2.5])
torch.save({
    "transposed": base.reshape(4, 6).t(), "tail": base[20:], "even": base[::2], "expanded": shared.expand(3, 2), "tied": shared,
    "scalar": torch.tensor(7, dtype=torch.int64), "empty": torch.empty(0, 3), "bool": torch.tensor([True, False]),
    "bfloat16": torch.tensor([1.5, -2], dtype=torch.bfloat16), "int8": torch.tensor([-3], dtype=torch.int8)}, path("views.pth"))

tiny = collections.OrderedDict(weight=torch.ones(1, 2), bias=torch.zeros(1))
torch.save(tiny, path("old-format.pth"), _use_new_zipfile_serialization=False)
torch.save(nn.Linear(2, 1), path("whole-module.pth"))
torch.save(dict(nn.Linear(2, 1).named_parameters()), path("parameters.pth"))
torch.save({"a": torch.zeros(1, dtype=torch.complex64)}, path("complex.pth"))
torch.jit.script(nn.Linear(2, 1)).save(path("script.pt"))
