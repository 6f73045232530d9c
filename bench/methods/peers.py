"""Times PyTorch's explanation libraries on one model; prints one line of JSON.

    python bench/methods/peers.py resnet50 [--cache .cache/bench] [--threads 2]
                                           [--rounds 5] [--warmup 1]

Needs what bench/models.py has written, and torch, torchvision, captum, zennit and grad-cam. Every
round runs every measurement once. Networks are rewritten for captum and zennit as the golden files
need it (fixtures/modules.py), outside of what is timed. What fails is recorded with its reason.
"""

import argparse
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from functools import partial
from importlib.metadata import version
from pathlib import Path

import captum.attr
import pytorch_grad_cam
import torch
from captum.attr._utils.lrp_rules import EpsilonRule
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT), str(ROOT / "bench")]

from fixtures.methods.embedded import ARCHITECTURES as EMBEDDED  # noqa: E402
from fixtures.methods.embedded import embedded  # noqa: E402
from fixtures.modules import additive, modular  # noqa: E402
from fixtures.relevance.peers import COMPOSITES, canonical  # noqa: E402
from measuring import Measurement, Run, Subject, forward, leaf_at_layer, milliseconds, saliency, without_setup  # noqa: E402
from models import CACHE, SEED, load  # noqa: E402

# The last activation of each resolution, as Limn's stages are.
STAGES = {
    "resnet50": ["relu", "layer1", "layer2", "layer3", "layer4"],
    "vgg16": ["features.3", "features.8", "features.15", "features.22", "features.29"],
    "mobilenet_v2": ["features.1", "features.3", "features.6", "features.13", "features.18"],
    "squeezenet1_1": ["features.1", "features.4", "features.7", "classifier.2"],
    "densenet121": [
        "features.relu0",
        *(f"features.transition{i}.conv" for i in (1, 2, 3)),
        "relu",
    ],
    "efficientnet_b0": ["features.1", "features.2", "features.3", "features.5", "features.8"],
    "scenes-resnet": ["stem", "stage1", "stage2", "stage3", "stage4"],
}

CAM_FAMILY = ["GradCAM", "GradCAMPlusPlus", "XGradCAM", "HiResCAM", "LayerCAM"]

PICTURES = 16
BATCH = 8


class Network(Subject):
    """A subject with the layers of its stages; the layer that autograd starts at is the first."""

    def __init__(self, net: nn.Module, stages: list[str], x: Tensor):
        self.stages = [net.get_submodule(stage) for stage in stages]
        super().__init__(net, self.stages[0], x)


@contextmanager
def captum_lrp(subject: Network) -> Iterator[Run]:
    for module in subject.net.modules():
        # it knows none for modules that change nothing but the shape
        if isinstance(module, nn.Conv2d | nn.Linear | nn.Identity | nn.Flatten):
            module.rule = EpsilonRule()
    explain = captum.attr.LRP(subject.net)
    x = subject.x.clone().requires_grad_()
    yield lambda: explain.attribute(x, target=subject.target)


@contextmanager
def captum_saliency(subject: Network) -> Iterator[Run]:
    explain = captum.attr.Saliency(subject.net)
    x = subject.x.clone().requires_grad_()
    yield lambda: explain.attribute(x, target=subject.target)


@contextmanager
def captum_integrated_gradients(subject: Network) -> Iterator[Run]:
    explain = captum.attr.IntegratedGradients(subject.net)
    settings = {"n_steps": PICTURES, "internal_batch_size": BATCH}
    yield lambda: explain.attribute(subject.x, target=subject.target, **settings)


@contextmanager
def captum_occlusion(subject: Network) -> Iterator[Run]:
    """A quarter of each side at a time, without overlap: 16 pictures, and the whole one."""
    explain = captum.attr.Occlusion(subject.net)
    channels, height, width = subject.x.shape[1:]
    window = (channels, height // 4, width // 4)

    def run() -> Tensor:
        with torch.no_grad():
            return explain.attribute(
                subject.x,
                target=subject.target,
                sliding_window_shapes=window,
                strides=window,
                perturbations_per_eval=BATCH,
            )

    yield run


@contextmanager
def zennit(subject: Network, composite: str) -> Iterator[Run]:
    with COMPOSITES[composite].context(subject.net) as modified:

        def run() -> Tensor:
            x = subject.x.clone().requires_grad_()
            logits = modified(x)
            seed = torch.zeros_like(logits)
            seed[0, subject.target] = logits[0, subject.target].detach()
            return torch.autograd.grad(logits, x, seed)[0]

        yield run


@contextmanager
def at_stages(subject: Network, methods: list[str]) -> Iterator[Run]:
    """One call a method, which gives the mean of its maps at all stages."""
    targets = [ClassifierOutputTarget(subject.target)]

    def run() -> None:
        for method in methods:
            with getattr(pytorch_grad_cam, method)(subject.net, subject.stages) as cam:
                cam(input_tensor=subject.x, targets=targets)

    with leaf_at_layer(subject):
        yield run


@contextmanager
def eigen_cam(subject: Network) -> Iterator[Run]:
    """At the last stage alone: of larger ones it makes matrices of gigabytes."""
    targets = [ClassifierOutputTarget(subject.target)]
    with pytorch_grad_cam.EigenCAM(subject.net, subject.stages[-1:]) as cam:
        yield lambda: cam(input_tensor=subject.x, targets=targets)


@contextmanager
def library_score_cam(subject: Network) -> Iterator[Run]:
    """One picture for every channel of the first stage, which has the fewest."""
    targets = [ClassifierOutputTarget(subject.target)]
    with pytorch_grad_cam.ScoreCAM(subject.net, subject.stages[:1]) as cam:
        cam.batch_size = BATCH
        # it draws bars of its progress
        with redirect_stderr(io.StringIO()):
            yield lambda: cam(input_tensor=subject.x, targets=targets)


ONE_RUN: dict[str, Measurement] = {
    "forward": without_setup(forward),
    "saliency": without_setup(saliency),
    "captum/saliency": captum_saliency,
    "pytorch-grad-cam/cam-family/stages": partial(at_stages, methods=CAM_FAMILY),
    "pytorch-grad-cam/eigen-cam": eigen_cam,
}
MANY_RUNS: dict[str, Measurement] = {
    "captum/integrated-gradients": captum_integrated_gradients,
    "captum/occlusion": captum_occlusion,
    "pytorch-grad-cam/score-cam": library_score_cam,
}
CAPTUM_LRP: dict[str, Measurement] = {"captum/lrp/epsilon": captum_lrp}
ZENNIT: dict[str, Measurement] = {
    f"zennit/lrp/{composite}": partial(zennit, composite=composite)
    for composite in ("epsilon", "epsilon-plus", "z-plus")
}


def timed(measurements: dict[str, Measurement], subject: Network, rounds: int, warmup: int) -> dict:
    """What each took in every round, in milliseconds, or why it failed."""
    samples: dict[str, list[float] | dict[str, str]] = {name: [] for name in measurements}
    for round_ in range(warmup + rounds):
        for name, measurement in measurements.items():
            times = samples[name]
            if isinstance(times, dict):
                continue
            try:
                elapsed = milliseconds(measurement, subject)
            except Exception as error:  # noqa: BLE001: whatever it is, the others go on
                samples[name] = {"failed": f"{type(error).__name__}: {error}".splitlines()[0]}
                print(f"  {name}: {samples[name]['failed']}", file=sys.stderr)
                continue
            if round_ >= warmup:
                times.append(round(elapsed, 3))
    return samples


def subject_of(name: str, cache: Path) -> Network:
    generator = torch.Generator().manual_seed(SEED)
    net, size = (embedded(name), 128) if name in EMBEDDED else (load(name, cache), 224)
    for module in net.modules():
        if hasattr(module, "inplace"):
            # a hook's leaf can't be written to
            module.inplace = False
    return Network(net.requires_grad_(False), STAGES[name], torch.randn(1, 3, size, size, generator=generator))


def rewritten(subject: Network, *steps) -> Network:
    """The same input and class on a network that has been prepared for a library."""
    net = subject.net
    for step in steps:
        net = step(net)
    other = object.__new__(Network)
    other.net, other.x, other.target = net.requires_grad_(False), subject.x, subject.target
    return other


def main() -> None:
    parser = argparse.ArgumentParser(description="Times PyTorch's explanation libraries.")
    parser.add_argument("name", choices=STAGES)
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=2, help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--warmup", type=int, default=1, help="rounds to discard (%(default)s)")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    subject = subject_of(options.name, options.cache)
    repeats = {"rounds": options.rounds, "warmup": options.warmup}
    long = {"rounds": 1, "warmup": 0}
    channels = []
    handle = subject.stages[0].register_forward_hook(lambda *args: channels.append(args[2].shape[1]))
    forward(subject)
    handle.remove()

    samples = {}
    for measurements, made, times in [
        (ONE_RUN, lambda: subject, repeats),
        (MANY_RUNS, lambda: subject, long),
        (CAPTUM_LRP, lambda: rewritten(subject, modular), repeats),
        (ZENNIT, lambda: rewritten(subject, modular, canonical, additive), repeats),
    ]:
        print(f"  {options.name}: {', '.join(measurements)}", file=sys.stderr, flush=True)
        samples |= timed(measurements, made(), **times)
    print(
        json.dumps(
            {
                "model": options.name,
                "versions": {
                    package: version(package)
                    for package in ("torch", "torchvision", "captum", "zennit", "grad-cam")
                },
                "threads": torch.get_num_threads(),
                "pictures": {
                    "captum/integrated-gradients": PICTURES,
                    "captum/occlusion": PICTURES + 1,
                    "pytorch-grad-cam/score-cam": channels[0],
                },
                "samples_ms": samples,
            }
        )
    )


if __name__ == "__main__":
    main()
