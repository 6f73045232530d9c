"""Trains the embedded networks on scenes, exports them and reports how good they are; README.md tells how to run it."""

import argparse
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from architectures import ARCHITECTURES, Attention, folded
from augmentation import Augmentation
from cards import FIGURES, MODELS, TESTS, write_card
from evaluation import figures_of, logits_of
from exporting import check_export, export
from preprocessing import MEAN, SIZE, STD
from scenes import Scenes, read_scenes
from shipped import shipped
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; AdamW on one cycle of learning rates, by cosines."""

    coarse_epochs: int
    """first epochs, on pictures of COARSE_SIZE"""
    fine_epochs: int
    """last epochs, on pictures of the full size"""
    rate: float
    """the highest learning rate"""
    last_cycles: tuple[int, ...] = ()
    """epochs of each cycle after these, on pictures of the full size that are changed little, at a low rate"""
    bfloat16: bool = True
    """whether convolutions compute in bfloat16; on a CPU, depthwise ones are slower in it"""
    folded: bool = True
    """whether the exported file has batch normalization as part of the convolutions"""
    teacher: str | None = None
    """the embedded network that gives the first layers, and whose probabilities of the same pictures are half of the targets"""


RECIPES = {
    "scenes-resnet": Recipe(coarse_epochs=20, fine_epochs=5, rate=3e-3, last_cycles=(4, 3)),
    # two fully connected layers fix the size
    "scenes-vgg": Recipe(coarse_epochs=0, fine_epochs=12, rate=2e-3),
    "scenes-mobile": Recipe(coarse_epochs=9, fine_epochs=2, rate=3e-3, bfloat16=False, folded=False),
    "scenes-deep": Recipe(coarse_epochs=12, fine_epochs=3, rate=3e-3),
    "scenes-vit": Recipe(coarse_epochs=4, fine_epochs=1, rate=2e-3, last_cycles=(1,), teacher="scenes-resnet"),
}

Part, Result = TypeVar("Part"), TypeVar("Result")

TRAINING_SETS = ("training-plain", "training-mixed")

COARSE_SIZE = 96
BATCH = 64
WARM_UP = 0.15
WEIGHT_DECAY = 0.05
LARGEST_GRADIENT = 5.0
LAST_RATE = 6e-4
LAST_STRENGTH = 0.3
SMOOTHING = 0.05


@dataclass(frozen=True)
class Samples:
    """What networks learn from: pictures, and the classes' shares of the objects' pixels, since scenes hold more than
    what they are labeled."""

    pixels: Tensor
    """[n, 3, size, size] uint8"""
    targets: Tensor
    """[n, classes]"""


def samples_of(scenes: list[Scenes]) -> Samples:
    join = np.concatenate
    return Samples(*(torch.from_numpy(join(part)) for part in zip(*((s.pixels, s.shares) for s in scenes), strict=True)))


def train(name: str, samples: Samples, seed: int, device: torch.device, checkpoint: Path) -> nn.Module:
    torch.manual_seed(seed)
    recipe = RECIPES[name]
    model = ARCHITECTURES[name](samples.targets.shape[1])
    if recipe.teacher:
        model.take_first(shipped(recipe.teacher))
    model.to(device, memory_format=torch.channels_last)
    sizes = [COARSE_SIZE] * recipe.coarse_epochs + [SIZE] * recipe.fine_epochs
    run_cycle(name, model, samples, sizes, recipe.rate, Augmentation(seed, device), seed, checkpoint)
    for number in range(len(recipe.last_cycles)):
        run_last_cycle(name, model, samples, seed, number, checkpoint)
    return model.eval()


def run_last_cycle(name: str, model: nn.Module, samples: Samples, seed: int, number: int, checkpoint: Path) -> None:
    """Strong changes keep a network from the details of the drawings that it knows; these it learns at last."""
    own = seed + 1 + number
    sizes = [SIZE] * RECIPES[name].last_cycles[number]
    device = next(model.parameters()).device
    run_cycle(name, model, samples, sizes, LAST_RATE, Augmentation(own, device, LAST_STRENGTH), own, checkpoint)


def run_cycle(
    name: str,
    model: nn.Module,
    samples: Samples,
    sizes: list[int],
    rate: float,
    augmentation: Augmentation,
    seed: int,
    checkpoint: Path,
) -> None:
    """One cycle of learning rates, an epoch for each of the sizes of pictures."""
    order = np.random.default_rng(seed)
    pixels = samples.pixels
    device = next(model.parameters()).device
    epochs, steps = len(sizes), len(pixels) // BATCH
    lessons = Lessons(name, samples, augmentation, device)
    # a network with a teacher learns from where the teacher's first layers end
    learning = model.last if RECIPES[name].teacher else model
    optimizer = torch.optim.AdamW(parameter_groups(model), lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps * epochs, pct_start=WARM_UP)
    for epoch, size in enumerate(sizes):
        started, total = time.monotonic(), 0.0
        model.train()
        chosen = torch.from_numpy(order.permutation(len(pixels))[: steps * BATCH].reshape(steps, BATCH))
        for x, target in ahead(partial(lessons.prepare, size=size), chosen):
            with torch.autocast(device.type, torch.bfloat16, enabled=RECIPES[name].bfloat16):
                logits = learning(x)
            loss = F.cross_entropy(logits.float(), target, label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
            optimizer.step()
            schedule.step()
            total += loss.item()
        torch.save(model.state_dict(), checkpoint)
        report(f"{name}: epoch {epoch + 1} of {epochs}, loss {total / steps:.3f}, {time.monotonic() - started:.0f} s")


class Lessons:
    """Batches of changed pictures, and what a network is to say of them."""

    def __init__(self, name: str, samples: Samples, augmentation: Augmentation, device: torch.device) -> None:
        recipe = RECIPES[name]
        self._samples = samples
        self._augmentation = augmentation
        self._device = device
        self._bfloat16 = recipe.bfloat16
        self._teacher = None
        if recipe.teacher:
            self._teacher = shipped(recipe.teacher).to(device, memory_format=torch.channels_last)

    @torch.no_grad()
    def prepare(self, chosen: Tensor, size: int) -> tuple[Tensor, Tensor]:
        """
        Of samples [n], the pictures [n, 3, size, size] and their targets [n, classes]. If there is a teacher, the pictures
        are as its first layers leave them, and its probabilities are half of the targets (Hinton et al. 2015).
        """
        pixels, targets = (values[chosen].to(self._device) for values in (self._samples.pixels, self._samples.targets))
        pictures = self._augmentation(pixels.float().div_(255), size)
        x = pictures.sub_(MEAN).div_(STD).contiguous(memory_format=torch.channels_last)
        if self._teacher:
            with torch.autocast(self._device.type, torch.bfloat16, enabled=self._bfloat16):
                x = self._teacher.first(x)
                targets = (targets + self._teacher.last(x).float().softmax(1)) / 2
        return x, targets


def ahead(work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
    """Results in the parts' order; while one is used, a thread works on the next."""
    with ThreadPoolExecutor(1) as worker:
        coming: deque[Future[Result]] = deque()
        for part in parts:
            coming.append(worker.submit(work, part))
            if len(coming) > 2:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def parameter_groups(model: nn.Module) -> list[dict[str, object]]:
    """Biases and normalizations don't decay."""
    weights = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    rest = [parameter for parameter in model.parameters() if parameter.ndim <= 1]
    return [{"params": weights, "weight_decay": WEIGHT_DECAY}, {"params": rest, "weight_decay": 0.0}]


def count_products(model: nn.Module) -> int:
    """Multiplications of one picture's forward pass, in convolutions, fully connected layers and attention."""
    products = 0

    def count(module: nn.Module, _: object, output: Tensor) -> None:
        nonlocal products
        # attention has two products of every token with every token
        factors = 2 * len(output[0]) if isinstance(module, Attention) else module.weight[0].numel()
        products += output[0].numel() * factors

    layers = [module for module in model.modules() if isinstance(module, nn.Conv2d | nn.Linear | Attention)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        model(torch.zeros(1, 3, SIZE, SIZE))
    for hook in hooks:
        hook.remove()
    return products


def finish(name: str, model: nn.Module, tests: dict[str, Scenes], folder: Path) -> dict[str, object]:
    """Exports a trained network, checks the file and measures it."""
    exported = folded(model.cpu()) if RECIPES[name].folded else model.cpu()
    probe = tests["test-seen"]
    export(exported, folder, probe.classes)
    path = folder / "model.onnx"
    return {
        "difference": check_export(model, path, probe.pixels[:64]),
        "parameters": sum(parameter.numel() for parameter in exported.parameters()),
        "products": count_products(exported),
        "bytes": path.stat().st_size,
        "tests": {test: figures_of(logits_of(path, scenes.pixels), scenes) for test, scenes in tests.items()},
    }


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", metavar="network", default=list(ARCHITECTURES), help="default: all")
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds the sets of scenes")
    parser.add_argument("--out", type=Path, default=MODELS, help="where the models' folders are")
    parser.add_argument("--checkpoints", type=Path, required=True, help="a folder for the weights after each epoch")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    unknown = set(arguments.networks) - set(ARCHITECTURES)
    if unknown:
        parser.error(f"there is no network {', '.join(sorted(unknown))}; there are {', '.join(ARCHITECTURES)}")
    return arguments


def report(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    training = {name: read_scenes(arguments.data / name) for name in TRAINING_SETS}
    samples = samples_of(list(training.values()))
    tests = {name: read_scenes(arguments.data / name) for name in TESTS}
    arguments.checkpoints.mkdir(parents=True, exist_ok=True)
    # networks that are not the shipped ones keep their figures to themselves
    figures_folder = FIGURES if arguments.out == MODELS else arguments.out / "figures"
    figures_folder.mkdir(parents=True, exist_ok=True)
    # the time that a CPU computed, whatever else it had to do meanwhile
    clock = time.process_time if device.type == "cpu" else time.monotonic
    for name in arguments.networks:
        started = clock()
        checkpoint = arguments.checkpoints / f"{name}.pt"
        model = train(name, samples, arguments.seed, device, checkpoint)
        minutes = (clock() - started) / 60
        folder = arguments.out / name
        figures = {
            "name": name,
            "seed": arguments.seed,
            "recipe": asdict(RECIPES[name]),
            "device": device.type,
            "minutes": round(minutes, 1),
            "torch": torch.__version__,
            "sets": {part: {"scenes": len(scenes), **scenes.settings} for part, scenes in (training | tests).items()},
            "licenses": tests["test-seen"].licenses + tests["test-unseen"].licenses,
            "classes": tests["test-seen"].classes,
            **finish(name, model, tests, folder),
        }
        (figures_folder / f"{name}.json").write_text(json.dumps(figures) + "\n")
        write_card(figures, folder)
        accuracies = ", ".join(f"{test} {figures['tests'][test]['accuracy']} %" for test in TESTS)
        report(f"{name}: {accuracies}, {minutes:.0f} min")


if __name__ == "__main__":
    main()
