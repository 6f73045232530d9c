"""The embedded networks: images [N, 3, 128, 128] to logits [N, classes]. All are small, and each is of another kind."""

import copy
from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval


def conv_bn(inputs: int, outputs: int, size: int = 3, stride: int = 1, groups: int = 1) -> OrderedDict[str, nn.Module]:
    """A convolution that keeps the extent (or divides it by the stride), and its normalization."""
    conv = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, groups=groups, bias=False)
    return OrderedDict(conv=conv, bn=nn.BatchNorm2d(outputs))


def conv_relu(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(conv_bn(inputs, outputs, stride=stride) | OrderedDict(relu=nn.ReLU()))


class ResidualBlock(nn.Module):
    """y = ReLU(F(x) + shortcut(x)), F of two convolutions (He et al. 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = conv_relu(inputs, outputs, stride)
        self.conv2 = nn.Sequential(conv_bn(outputs, outputs))
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else nn.Sequential(conv_bn(inputs, outputs, size=1, stride=stride))
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.conv2(self.conv1(x)) + self.shortcut(x))


class SceneResNet(nn.Module):
    """Residual stages of 64, 32, 16 and 8 pixels' extent, global average pooling and one fully connected layer."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = conv_relu(3, 16, stride=2)
        self.stage1 = ResidualBlock(16, 16)
        self.stage2 = ResidualBlock(16, 32, stride=2)
        self.stage3 = ResidualBlock(32, 64, stride=2)
        self.stage4 = ResidualBlock(64, 136, stride=2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(136, classes)

    def forward(self, image: Tensor) -> Tensor:
        return self.last(self.first(image))

    def first(self, image: Tensor) -> Tensor:
        return self.stage2(self.stage1(self.stem(image)))

    def last(self, x: Tensor) -> Tensor:
        return self.fc(self.flatten(self.pool(self.stage4(self.stage3(x)))))


class SceneVgg(nn.Module):
    """Plain stages, each ended by max pooling, and two fully connected layers (after Simonyan and Zisserman 2015)."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        stages = []
        inputs = 3
        for outputs, depth in ((8, 1), (24, 1), (40, 2), (64, 2), (96, 1)):
            for _ in range(depth):
                stages.append(conv_relu(inputs, outputs))
                inputs = outputs
            stages.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*stages)
        self.flatten = nn.Flatten()
        self.classifier = nn.Sequential(
            nn.Linear(inputs * 4 * 4, 112), nn.ReLU(), nn.Dropout(0.3), nn.Linear(112, classes)
        )

    def forward(self, image: Tensor) -> Tensor:
        return self.classifier(self.flatten(self.features(image)))


class SqueezeExcite(nn.Module):
    """y = x * hard_sigmoid(W2 ReLU(W1 mean(x))): channels are weighed by what is in the picture (Hu et al. 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.reduce = nn.Conv2d(channels, channels // 4, 1)
        self.relu = nn.ReLU()
        self.expand = nn.Conv2d(channels // 4, channels, 1)
        self.gate = nn.Hardsigmoid()

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gate(self.expand(self.relu(self.reduce(self.pool(x)))))


class InvertedResidual(nn.Module):
    """Widens, filters every channel by itself, weighs the channels and narrows (Howard et al. 2019)."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1, widening: int = 3, size: int = 3) -> None:
        super().__init__()
        inner = widening * inputs
        self.widen = nn.Sequential(conv_bn(inputs, inner, size=1) | OrderedDict(act=nn.Hardswish()))
        self.depthwise = nn.Sequential(
            conv_bn(inner, inner, size=size, stride=stride, groups=inner) | OrderedDict(act=nn.Hardswish())
        )
        self.excite = SqueezeExcite(inner)
        self.narrow = nn.Sequential(conv_bn(inner, outputs, size=1))
        self.has_skip = inputs == outputs and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = self.narrow(self.excite(self.depthwise(self.widen(x))))
        return x + y if self.has_skip else y


class SceneMobile(nn.Module):
    """Inverted residuals with squeeze-and-excitation and h-swish."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(conv_bn(3, 16, stride=2) | OrderedDict(act=nn.Hardswish()))
        self.blocks = nn.Sequential(
            InvertedResidual(16, 24, stride=2, widening=1),
            InvertedResidual(24, 40, stride=2),
            InvertedResidual(40, 40),
            InvertedResidual(40, 40),
            InvertedResidual(40, 72, stride=2, size=5),
            InvertedResidual(72, 72, size=5),
            InvertedResidual(72, 72, size=5),
        )
        self.head = nn.Sequential(conv_bn(72, 256, size=1) | OrderedDict(act=nn.Hardswish()))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(256, classes)

    def forward(self, image: Tensor) -> Tensor:
        return self.fc(self.flatten(self.pool(self.head(self.blocks(self.stem(image))))))


class IdentityConv(nn.Module):
    """y = ReLU(BN(W x) + x), which is a plain convolution of weights W' + I once it is folded (after Ding et al. 2021)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.is_folded = False

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn(self.conv(x))
        return self.relu(y if self.is_folded else y + x)


class SceneDeep(nn.Module):
    """32 convolutions without skips, once it is folded; the stages' first ones halve the extent."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        stages = []
        inputs = 3
        for outputs, depth in ((12, 1), (20, 5), (32, 12), (44, 14)):
            plain = [IdentityConv(outputs) for _ in range(depth - 1)]
            stages.append(nn.Sequential(conv_relu(inputs, outputs, stride=2), *plain))
            inputs = outputs
        self.stages = nn.Sequential(*stages)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(inputs, classes)

    def forward(self, image: Tensor) -> Tensor:
        return self.fc(self.flatten(self.pool(self.stages(image))))


class Attention(nn.Module):
    """softmax(Q K^T / sqrt(d)) V of every head (Vaswani et al. 2017); tokens [N, tokens, channels]."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.width = channels // heads
        self.scale = self.width**-0.5
        self.query = nn.Linear(channels, channels)
        self.key = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)
        self.softmax = nn.Softmax(dim=-1)
        self.project = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self._split(self.query(x) * self.scale), self._split(self.key(x)), self._split(self.value(x))
        weights = self.softmax(q @ k.transpose(2, 3))
        return self.project((weights @ v).transpose(1, 2).flatten(2))

    def _split(self, x: Tensor) -> Tensor:
        """[N, tokens, heads * width] to [N, heads, tokens, width]."""
        return x.unflatten(2, (self.heads, self.width)).transpose(1, 2)


class TransformerBlock(nn.Module):
    """x + Attention(LN(x)), and y + MLP(LN(y)) of that (Dosovitskiy et al. 2021)."""

    def __init__(self, channels: int, heads: int, widening: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(channels)
        self.attention = Attention(channels, heads)
        self.norm2 = nn.LayerNorm(channels)
        self.mlp = nn.Sequential(
            OrderedDict(
                widen=nn.Linear(channels, widening * channels),
                gelu=nn.GELU(),
                narrow=nn.Linear(widening * channels, channels),
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class SceneVit(nn.Module):
    """Convolutions to a grid of 8 x 8 tokens (after Xiao et al. 2021), a class token, and blocks of attention.

    The first layers are those of SceneResNet, whose trained ones it can take over."""

    def __init__(self, classes: int, channels: int = 80, depth: int = 5, heads: int = 4, widening: int = 2) -> None:
        super().__init__()
        self.stem = conv_relu(3, 16, stride=2)
        self.stage1 = ResidualBlock(16, 16)
        self.stage2 = ResidualBlock(16, 32, stride=2)
        self.stage3 = conv_relu(32, 64, stride=2)
        self.stage4 = conv_relu(64, channels, stride=2)
        self.embed = nn.Conv2d(channels, channels, 1)
        self.class_token = nn.Parameter(torch.zeros(1, 1, channels))
        self.positions = nn.Parameter(nn.init.trunc_normal_(torch.empty(1, channels, 8, 8), std=0.02))
        self.blocks = nn.Sequential(*(TransformerBlock(channels, heads, widening) for _ in range(depth)))
        self.norm = nn.LayerNorm(channels)
        self.fc = nn.Linear(channels, classes)

    def take_first(self, teacher: nn.Module) -> None:
        """The first layers of a trained SceneResNet, which stay as they are."""
        for name in ("stem", "stage1", "stage2"):
            setattr(self, name, copy.deepcopy(teacher.get_submodule(name)).requires_grad_(False))

    def forward(self, image: Tensor) -> Tensor:
        return self.last(self.first(image))

    def first(self, image: Tensor) -> Tensor:
        return self.stage2(self.stage1(self.stem(image)))

    def last(self, x: Tensor) -> Tensor:
        grid = self.embed(self.stage4(self.stage3(x)))
        positions = self.positions
        if self.training:
            # pictures of other sizes have fewer tokens, at places between
            positions = F.interpolate(positions, size=grid.shape[2:], mode="bilinear")
        tokens = (grid + positions).flatten(2).transpose(1, 2)
        first = self.class_token.expand(tokens.shape[0], -1, -1)
        x = self.norm(self.blocks(torch.cat([first, tokens], 1)))
        return self.fc(x[:, 0])


def folded(model: nn.Module) -> nn.Module:
    """A copy whose batch normalizations, and identities beside convolutions, are part of the convolutions before them."""
    model = copy.deepcopy(model)
    for module in model.modules():
        if isinstance(getattr(module, "bn", None), nn.BatchNorm2d):
            module.conv = fuse_conv_bn_eval(module.conv, module.bn)
            module.bn = nn.Identity()
        if isinstance(module, IdentityConv):
            with torch.no_grad():
                module.conv.weight += nn.init.dirac_(torch.empty_like(module.conv.weight))
            module.is_folded = True
    return model


ARCHITECTURES: dict[str, type[nn.Module]] = {
    "scenes-resnet": SceneResNet,
    "scenes-vgg": SceneVgg,
    "scenes-mobile": SceneMobile,
    "scenes-deep": SceneDeep,
    "scenes-vit": SceneVit,
}
