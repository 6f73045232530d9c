"""The zoo's networks: architectures of torchvision, timm and transformers with seeded weights.

Nothing that a trained network has is left at the value that it starts from: constant parameters
(scales of normalizations and layers, zero biases and position embeddings) are drawn at random, and
BatchNormalization gets the statistics of the data that it sees.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

SEED = 0

# Networks are made for the smallest of these sizes that they take: a grid of stride 32 has 4 x 4
# positions at 128.
SIZES = (128, 224, 256)


@dataclass(frozen=True)
class Network:
    """A named architecture. `build` takes the picture's size, or fails where it can't."""

    name: str
    build: Callable[[int], nn.Module]
    sizes: tuple[int, ...] = SIZES


class Logits(nn.Module):
    """A network whose output is nothing but logits: of several outputs the first, or `logits`."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        y = self.net(x)
        if not isinstance(y, (Tensor, tuple, list)):
            y = y.logits
        return y[0] if isinstance(y, (tuple, list)) else y


@dataclass
class Made:
    """A network in eval mode, its input, and what autograd says of it."""

    net: nn.Module
    x: Tensor
    logits: Tensor
    target: int
    gradient: Tensor
    # how far float32 takes the gradient from float64's, as a share of it: flipped ReLUs, mostly
    rounding: float | None
    features: list[int] | None


def make(network: Network) -> Made:
    """Builds the network for the smallest size that it takes.

    Raises the error of the last size if it takes none.
    """
    error: Exception | None = None
    for size in network.sizes:
        try:
            torch.manual_seed(SEED)
            net = Logits(network.build(size)).eval()
            x = torch.randn(1, 3, size, size)
            with torch.no_grad():
                net(x)
        except Exception as e:  # noqa: BLE001 - whatever a size is refused with
            error = e
            continue
        settle(net, size)
        return explained(net, x)
    assert error
    raise error


def settle(net: nn.Module, size: int) -> None:
    for parameter in net.parameters():
        flat = parameter.detach().flatten()
        if flat.numel() > 1 and bool((flat == flat[0]).all()):
            parameter.data.copy_(drawn(parameter, float(flat[0])))
    norms = [m for m in net.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        if norm.track_running_stats:
            norm.train()
            norm.momentum = None  # a plain mean over the batches
    with torch.no_grad():
        try:
            net(torch.randn(4, 3, size, size))
        finally:
            net.eval()
    for norm in norms:
        if norm.running_var is not None:
            # a channel that hardly varies would be blown up
            norm.running_var.clamp_(min=0.01 * float(norm.running_var.mean()))
    # LeViT and its like keep what they have computed of parameters until they are trained again
    net.train().eval()


def drawn(parameter: Tensor, value: float) -> Tensor:
    """Random values for a parameter that starts as a constant."""
    if value == 0:
        return torch.randn_like(parameter) * (0.1 if parameter.dim() < 2 else 0.02)
    if abs(value) < 0.1:  # a layer scale
        return torch.empty_like(parameter).uniform_(0.1, 0.5)
    return torch.empty_like(parameter).uniform_(0.5, 1.5) * value


def explained(net: nn.Module, x: Tensor) -> Made:
    features = feature_shape(net, x)
    leaf = x.clone().requires_grad_()
    logits = net(leaf)
    target = int(logits.argmax())
    (gradient,) = torch.autograd.grad(logits[0, target], leaf)
    return Made(net, x, logits.detach(), target, gradient, rounding(net, x, target, gradient), features)


def rounding(net: nn.Module, x: Tensor, target: int, gradient: Tensor) -> float | None:
    try:
        leaf = x.double().requires_grad_()
        (exact,) = torch.autograd.grad(copy.deepcopy(net).double()(leaf)[0, target], leaf)
    except RuntimeError:  # something in it insists on float32
        return None
    return float((gradient - exact).norm() / exact.norm())


def feature_shape(net: nn.Module, x: Tensor) -> list[int] | None:
    """[channels, height, width] of the backbone's last feature map, or [channels, tokens].

    timm's networks have `forward_features` and transformers' a base model; elsewhere it is the last
    output with a grid of a module that has no others in it.
    """
    inner = net.net
    with torch.no_grad():
        y: object = None
        if hasattr(inner, "forward_features"):
            y = inner.forward_features(x)
        elif hasattr(inner, "base_model"):
            y = getattr(inner, "vision_model", inner.base_model)(x)[0]
    while isinstance(y, (tuple, list)):
        y = y[-1]
    shape = laid_out(y) if isinstance(y, Tensor) else None
    if shape and shape[1:] != [1, 1]:
        return shape
    shapes: list[list[int]] = []
    handles = [
        module.register_forward_hook(lambda _, __, y: shapes.extend(grids(y)))
        for module in inner.modules()
        if not any(module.children()) and "Pool" not in type(module).__name__
    ]
    with torch.no_grad():
        net(x)
    for handle in handles:
        handle.remove()
    return shapes[-1] if shapes else None


def grids(y: object) -> Iterator[list[int]]:
    if isinstance(y, Tensor) and y.dim() == 4 and y.shape[0] == 1:
        shape = laid_out(y)
        if shape and min(shape[1:]) > 1:
            yield shape


def laid_out(y: Tensor) -> list[int] | None:
    """Of a square picture's activation: channels, then the grid, whatever the order in memory."""
    if y.dim() == 3:
        return [y.shape[2], y.shape[1]]
    if y.dim() != 4:
        return None
    _, a, b, c = y.shape
    return [c, a, b] if a == b != c else [a, b, c]


def torchvision_networks() -> Iterator[Network]:
    """The smallest of every family of classifiers."""
    import torchvision.models as tv

    for name in TORCHVISION:
        fixed: dict[str, object] = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}

        def build(size: int, name: str = name, fixed: dict[str, object] = fixed) -> nn.Module:
            sized = {"image_size": size} if name.startswith(("vit_", "maxvit")) else {}
            sized = {"input_size": (size, size)} if name.startswith("maxvit") else sized
            return tv.get_model(name, weights=None, **fixed, **sized)

        fixed_size = name.startswith(("alexnet", "maxvit", "vgg"))
        yield Network(f"torchvision/{name}", build, (224,) if fixed_size else SIZES)


TORCHVISION = (
    "alexnet convnext_tiny densenet121 efficientnet_b0 efficientnet_v2_s googlenet inception_v3 maxvit_t "
    "mnasnet0_5 mobilenet_v2 mobilenet_v3_small regnet_x_400mf regnet_y_400mf resnet18 resnet50 "
    "resnext50_32x4d shufflenet_v2_x0_5 squeezenet1_0 squeezenet1_1 swin_t swin_v2_t vgg11 vgg11_bn "
    "vit_b_16 wide_resnet50_2"
).split()


def timm_networks() -> Iterator[Network]:
    """The smallest of every family, by timm.json, which `families.py` has written."""
    import timm

    for name in json.loads((Path(__file__).parent / "timm.json").read_text()):

        def build(size: int, name: str = name) -> nn.Module:
            try:
                return timm.create_model(name, img_size=size)
            except TypeError:
                return timm.create_model(name)

        yield Network(f"timm/{name}", build, (*named_size(name), *SIZES))


def named_size(name: str) -> list[int]:
    """The size that a network's name says it is made for, if it is a small one."""
    return [int(size) for size in re.findall(r"_(160|192|224|240|256)(?=$|_)", name)]


def transformers_networks() -> Iterator[Network]:
    """Small networks of the architectures that people bring most, from configurations alone."""
    import transformers as tf

    small = {
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_labels": 20,
    }
    swin = {"embed_dim": 24, "depths": [2, 2, 2], "num_heads": [2, 4, 8], "window_size": 4, "num_labels": 20}
    convnext = {"hidden_sizes": [16, 32, 64, 96], "depths": [1, 1, 2, 1], "num_labels": 20}
    configs = {
        "vit": (tf.ViTConfig, tf.ViTForImageClassification, small),
        "deit": (tf.DeiTConfig, tf.DeiTForImageClassification, small),
        "deit-distilled": (tf.DeiTConfig, tf.DeiTForImageClassificationWithTeacher, small),
        "beit": (
            tf.BeitConfig,
            tf.BeitForImageClassification,
            {**small, "use_relative_position_bias": True, "layer_scale_init_value": 0.1},
        ),
        "dinov2": (tf.Dinov2Config, tf.Dinov2ForImageClassification, {**small, "patch_size": 16}),
        "dinov2-registers": (
            tf.Dinov2WithRegistersConfig,
            tf.Dinov2WithRegistersForImageClassification,
            {**small, "patch_size": 16},
        ),
        "siglip": (tf.SiglipConfig, tf.SiglipForImageClassification, {"vision_config": small, "num_labels": 20}),
        "clip": (tf.CLIPConfig, tf.CLIPForImageClassification, {"vision_config": small, "num_labels": 20}),
        "swin": (tf.SwinConfig, tf.SwinForImageClassification, swin),
        "swinv2": (tf.Swinv2Config, tf.Swinv2ForImageClassification, swin),
        "convnext": (tf.ConvNextConfig, tf.ConvNextForImageClassification, convnext),
        "convnextv2": (tf.ConvNextV2Config, tf.ConvNextV2ForImageClassification, convnext),
        "mobilevit": (tf.MobileViTConfig, tf.MobileViTForImageClassification, {"num_labels": 20}),
        "levit": (tf.LevitConfig, tf.LevitForImageClassification, {"num_labels": 20}),
        "resnet": (
            tf.ResNetConfig,
            tf.ResNetForImageClassification,
            {"embedding_size": 16, "hidden_sizes": [32, 48, 64, 96], "depths": [1, 1, 2, 1], "num_labels": 20},
        ),
        "mobilenet_v2": (tf.MobileNetV2Config, tf.MobileNetV2ForImageClassification, {"num_labels": 20}),
        "efficientnet": (
            tf.EfficientNetConfig,
            tf.EfficientNetForImageClassification,
            {"width_coefficient": 0.5, "depth_coefficient": 0.5, "hidden_dim": 640, "num_labels": 20},
        ),
        "regnet": (
            tf.RegNetConfig,
            tf.RegNetForImageClassification,
            {"hidden_sizes": [32, 48, 64, 96], "depths": [1, 1, 2, 1], "groups_width": 16, "num_labels": 20},
        ),
        "bit": (
            tf.BitConfig,
            tf.BitForImageClassification,
            {"num_groups": 8, "embedding_size": 32, "hidden_sizes": [32, 64, 96, 128], "depths": [1, 1, 2, 1], "num_labels": 20},
        ),
        "poolformer": (tf.PoolFormerConfig, tf.PoolFormerForImageClassification, {"num_labels": 20}),
        "segformer": (tf.SegformerConfig, tf.SegformerForImageClassification, {"num_labels": 20}),
        "pvt_v2": (tf.PvtV2Config, tf.PvtV2ForImageClassification, {"num_labels": 20}),
        "cvt": (
            tf.CvtConfig,
            tf.CvtForImageClassification,
            {"embed_dim": [16, 32, 64], "num_heads": [1, 2, 4], "num_labels": 20},
        ),
        "focalnet": (
            tf.FocalNetConfig,
            tf.FocalNetForImageClassification,
            {"embed_dim": 24, "depths": [1, 1, 2, 1], "num_labels": 20},
        ),
        "mobilenet_v1": (tf.MobileNetV1Config, tf.MobileNetV1ForImageClassification, {"depth_multiplier": 0.25, "num_labels": 20}),
        "vit_msn": (tf.ViTMSNConfig, tf.ViTMSNForImageClassification, small),
        "swiftformer": (
            tf.SwiftFormerConfig,
            tf.SwiftFormerForImageClassification,
            {"depths": [1, 1, 2, 1], "embed_dims": [16, 32, 64, 96], "num_labels": 20},
        ),
        "hiera": (
            tf.HieraConfig,
            tf.HieraForImageClassification,
            {"embed_dim": 24, "depths": [1, 1, 2, 1], "num_labels": 20},
        ),
    }
    attentions = {"vit", "deit", "dinov2", "siglip", "clip"}
    for name, (config, classifier, options) in configs.items():
        for attention in ("eager", "sdpa") if name in attentions else ("eager",):

            def build(
                size: int,
                config: type = config,
                classifier: type = classifier,
                options: dict[str, object] = options,
                attention: str = attention,
            ) -> nn.Module:
                own = dict(options)
                if isinstance(own.get("vision_config"), dict):
                    own["vision_config"] = {**own["vision_config"], "image_size": size}
                elif config is tf.HieraConfig:
                    own["image_size"] = [size, size]
                else:
                    own["image_size"] = size
                made = config(**own)
                made._attn_implementation = attention
                return classifier(made)

            suffix = f"-{attention}" if name in attentions else ""
            yield Network(f"transformers/{name}{suffix}", build, (224,) if name in ("hiera", "levit") else SIZES)


def networks() -> list[Network]:
    return [*torchvision_networks(), *transformers_networks(), *timm_networks()]
