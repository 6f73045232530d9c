"""The benchmarks' models: architectures of torchvision and timm with seeded random weights.

    python bench/models.py [NAME | all] [--cache .cache/bench]

writes NAME.onnx (opset 17, weights inside, BatchNormalization folded by the exporter where it can
be, dynamic batch) and NAME.pt (the same weights as a state dict) and leaves alone what is there.
Needs torch, torchvision and onnx, and timm for vit_small.
"""

import argparse
import os
import sys
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import torch
import torchvision.models
from torch import Tensor, nn

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "bench"
OPSET = 17
SEED = 0
IMAGE = (3, 224, 224)


@dataclass(frozen=True)
class Architecture:
    """`stage` finds the last activation with spatial extent, which Grad-CAM explains."""

    build: Callable[[], nn.Module]
    stage: Callable[[nn.Module], nn.Module]


def densenet121() -> nn.Module:
    """torchvision's DenseNet-121 with the last ReLU as a module, so that a hook can see it.

    In torchvision it is a functional call after `features`; names of weights stay the same.
    """
    net = torchvision.models.densenet121(weights=None)
    return nn.Sequential(
        OrderedDict(
            features=net.features,
            relu=nn.ReLU(),
            pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            classifier=net.classifier,
        )
    )


def vit_small() -> nn.Module:
    """timm's ViT-S/16: 12 blocks of 6 heads, 197 tokens of 384 numbers."""
    import timm

    return timm.create_model("vit_small_patch16_224", pretrained=False)


def torchvision_model(name: str) -> Callable[[], nn.Module]:
    return lambda: torchvision.models.get_model(name, weights=None)


ARCHITECTURES = {
    "resnet50": Architecture(torchvision_model("resnet50"), lambda net: net.layer4),
    "vgg16": Architecture(torchvision_model("vgg16"), lambda net: net.features[29]),
    "mobilenet_v2": Architecture(torchvision_model("mobilenet_v2"), lambda net: net.features[-1]),
    "squeezenet1_1": Architecture(
        torchvision_model("squeezenet1_1"), lambda net: net.classifier[2]
    ),
    "densenet121": Architecture(densenet121, lambda net: net.relu),
    "efficientnet_b0": Architecture(
        torchvision_model("efficientnet_b0"), lambda net: net.features[-1]
    ),
    "vit_small": Architecture(vit_small, lambda net: net.blocks[-1]),
}


def load(name: str, cache: Path) -> nn.Module:
    """The model in eval mode, with the weights that its ONNX file holds."""
    weights = cache / f"{name}.pt"
    if not weights.exists():
        sys.exit(f"{weights}: not there; make it with: python bench/models.py {name}")
    # On the meta device nothing is initialized: the process holds one copy of the weights.
    with torch.device("meta"):
        net = ARCHITECTURES[name].build()
    net.load_state_dict(torch.load(weights, weights_only=True), assign=True)
    return net.eval()


def make(name: str, cache: Path) -> None:
    """Writes NAME.pt and NAME.onnx, each renamed into place when it is complete."""
    weights, model = cache / f"{name}.pt", cache / f"{name}.onnx"
    if weights.exists() and model.exists():
        return
    torch.manual_seed(SEED)
    net = ARCHITECTURES[name].build().eval()
    settle_running_statistics(net)
    partial = cache / f"{name}.partial"
    torch.save(net.state_dict(), partial)
    os.replace(partial, weights)
    torch.onnx.export(
        net,
        (torch.randn(1, *IMAGE),),
        partial,
        opset_version=OPSET,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
        # The exporter that most files in circulation come from; it still writes one small file.
        dynamo=False,
    )
    os.replace(partial, model)


def settle_running_statistics(net: nn.Module, batches: int = 4, batch: int = 8) -> None:
    """Gives BatchNormalization the statistics of the data it will see.

    Fresh ones (mean 0, variance 1) normalize nothing: activations would grow from layer to layer,
    and folding them would not be tested.
    """
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    if not norms:
        return
    for norm in norms:
        norm.train()
        norm.momentum = None  # a plain mean over the batches
    with torch.inference_mode():
        for _ in range(batches):
            net(torch.randn(batch, *IMAGE))
    for norm in norms:
        norm.eval()


def image() -> Tensor:
    """The benchmark's input, [1, 3, 224, 224], standard normal as a normalized photo roughly is."""
    return torch.randn(1, *IMAGE, generator=torch.Generator().manual_seed(SEED))


def main() -> None:
    parser = argparse.ArgumentParser(description="Exports the benchmark's models to ONNX.")
    parser.add_argument("name", nargs="?", choices=[*ARCHITECTURES, "all"], default="all")
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    for name in ARCHITECTURES if options.name == "all" else [options.name]:
        make(name, options.cache)
        model = options.cache / f"{name}.onnx"
        print(f"{model}  {model.stat().st_size / 2**20:.1f} MiB", flush=True)


if __name__ == "__main__":
    main()
