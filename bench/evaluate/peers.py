"""Times Average Drop and Increase in Confidence of PyTorch's libraries; prints one line of JSON.

    python bench/evaluate/peers.py resnet50 DATA --batch 8 [--cache .cache/bench] [--threads 2]
                                                 [--rounds 2]

DATA is a folder of pictures. Needs what bench/models.py has written, and torch, torchvision, grad-cam
and torchcam. Grad-CAM and Grad-CAM++, as neither library has Relevance-CAM. Weights are frozen and
autograd starts at the layer, which is the least work that their hooks allow; pictures are read by a
process of its own, a batch ahead. Figures are pictures a second.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
import torchcam.methods
from PIL import Image
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus
from pytorch_grad_cam.metrics.cam_mult_image import (
    CamMultImageConfidenceChange,
    DropInConfidence,
    IncreaseInConfidence,
)
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchcam.metrics import ClassificationMetric
from torchvision.transforms import v2

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT), str(ROOT / "bench")]

from fixtures.methods.embedded import ARCHITECTURES as EMBEDDED  # noqa: E402
from fixtures.methods.embedded import embedded, normalize  # noqa: E402
from measuring import Subject, leaf_at_layer  # noqa: E402
from models import ARCHITECTURES, CACHE, load  # noqa: E402

METHODS = ["grad-cam", "grad-cam-plus-plus"]

IMAGENET = v2.Compose(
    [
        v2.PILToTensor(),
        v2.Resize(256),
        v2.CenterCrop(224),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ]
)
SCENES = v2.Compose([v2.PILToTensor(), lambda pixels: normalize(pixels.float())])


class Pictures(Dataset[Tensor]):
    def __init__(self, folder: Path, transform: Callable[[Image.Image], Tensor]) -> None:
        kinds = {".jpg", ".jpeg", ".png"}
        self.paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in kinds)
        self.transform = transform

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Tensor:
        with Image.open(self.paths[index]) as file:
            return self.transform(file.convert("RGB"))


# What a library does with a batch: drops as it defines them, and increases, of each method.
Measure = Callable[[Tensor], dict[str, tuple[float, float]]]


def pytorch_grad_cam(net: nn.Module, layer: nn.Module, stack: ExitStack, twice: bool) -> Measure:
    """`twice`: by a class for each of the two measures, as its documentation does; else by one for both."""
    cams = {
        name: stack.enter_context(kind(net, [layer]))
        for name, kind in zip(METHODS, [GradCAM, GradCAMPlusPlus], strict=True)
    }

    def measure(pictures: Tensor) -> dict[str, tuple[float, float]]:
        found = {}
        for name, cam in cams.items():
            maps = cam(input_tensor=pictures, targets=None)
            targets = [ClassifierOutputSoftmaxTarget(c) for c in cam.outputs.argmax(1).tolist()]
            if twice:
                drops = DropInConfidence()(pictures, maps, targets, net)
                increases = IncreaseInConfidence()(pictures, maps, targets, net)
            else:
                changes = CamMultImageConfidenceChange()(pictures, maps, targets, net)
                drops, increases = np.maximum(-changes, 0), changes > 0
            found[name] = (float(drops.sum()), float(increases.sum()))
        return found

    return measure


def torch_cam(net: nn.Module, layer: nn.Module, stack: ExitStack) -> Measure:
    kinds = [torchcam.methods.GradCAM, torchcam.methods.GradCAMpp]
    softmax = partial(torch.softmax, dim=-1)

    def measure(pictures: Tensor) -> dict[str, tuple[float, float]]:
        found = {}
        for name, kind in zip(METHODS, kinds, strict=True):
            # its hooks would slow the other method down
            with kind(net, layer, input_shape=tuple(pictures.shape[1:])) as extractor:
                metric = ClassificationMetric(extractor, softmax)
                metric.update(pictures)
            found[name] = (metric.drop, metric.increase)
        return found

    return measure


LIBRARIES: dict[str, Callable[[nn.Module, nn.Module, ExitStack], Measure]] = {
    "pytorch-grad-cam": partial(pytorch_grad_cam, twice=False),
    "pytorch-grad-cam, as documented": partial(pytorch_grad_cam, twice=True),
    "torch-cam": torch_cam,
}


def batches(pictures: Pictures, batch: int) -> Iterator[Tensor]:
    # the clock starts when the first batch is done, as it does for Limn
    yield from DataLoader(pictures, batch_size=batch, num_workers=1)


def rate(measure: Measure, pictures: Pictures, batch: int) -> tuple[float, dict]:
    """Pictures a second, and the means of both measures in percent by method."""
    sums: dict[str, np.ndarray] = {}
    times, done = [], []
    for part in batches(pictures, batch):
        for name, values in measure(part).items():
            sums[name] = sums.get(name, np.zeros(2)) + values
        times.append(time.perf_counter())
        done.append(len(part))
    means = {
        name: dict(zip(["averageDrop", "increaseInConfidence"], (100 * values / len(pictures)).tolist(), strict=True))
        for name, values in sums.items()
    }
    return sum(done[1:]) / (times[-1] - times[0]), means


def subject_of(name: str, cache: Path) -> tuple[nn.Module, nn.Module, Callable[[Image.Image], Tensor]]:
    if name in EMBEDDED:
        net = embedded(name)
        layer, transform = net.get_submodule("stage4"), SCENES
    else:
        net = load(name, cache)
        layer, transform = ARCHITECTURES[name].stage(net), IMAGENET
    for module in net.modules():
        if hasattr(module, "inplace"):
            # a hook's leaf can't be written to
            module.inplace = False
    return net.requires_grad_(False), layer, transform


def main() -> None:
    parser = argparse.ArgumentParser(description="Times evaluations by PyTorch's libraries.")
    parser.add_argument("name")
    parser.add_argument("data", type=Path)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=2, help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=2, help="default: %(default)s")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    net, layer, transform = subject_of(options.name, options.cache)
    pictures = Pictures(options.data, transform)
    rates: dict[str, list[float] | dict[str, str]] = {name: [] for name in LIBRARIES}
    means = {}
    with leaf_at_layer(Subject(net, layer, pictures[0][None])):
        for _ in range(options.rounds):
            for name, make in LIBRARIES.items():
                samples = rates[name]
                if isinstance(samples, dict):
                    continue
                try:
                    with ExitStack() as stack:
                        value, means[name] = rate(make(net, layer, stack), pictures, options.batch)
                except Exception as error:  # noqa: BLE001: whatever it is, the others go on
                    rates[name] = {"failed": f"{type(error).__name__}: {error}".splitlines()[0]}
                    print(f"  {name}: {rates[name]['failed']}", file=sys.stderr)
                    continue
                samples.append(round(value, 3))
                print(f"  {name}: {value:.2f} pictures/s", file=sys.stderr)
    libraries = {name: version(name) for name in ("torch", "torchvision", "grad-cam", "torchcam")}
    print(json.dumps({"rates": rates, "means": means, "versions": libraries}))


if __name__ == "__main__":
    main()
