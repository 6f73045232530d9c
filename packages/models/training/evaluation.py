"""How good an exported network is."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime
from preprocessing import normalize
from scenes import Scenes

BATCH = 100
SMALL = 0.3


def logits_of(model: Path, pixels: np.ndarray) -> np.ndarray:
    """[n, 3, size, size] to [n, classes], by ONNX Runtime."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    batches = (pixels[i : i + BATCH].astype(np.float32) for i in range(0, len(pixels), BATCH))
    return np.concatenate([session.run(["logits"], {"image": normalize(batch)})[0] for batch in batches])


def figures_of(logits: np.ndarray, scenes: Scenes) -> dict[str, object]:
    """The accuracy in percent, of all scenes and of kinds of them, and the confusion matrix: a row for each label."""
    predicted = logits.argmax(1)
    confusion = np.zeros((len(scenes.classes),) * 2, int)
    np.add.at(confusion, (scenes.labels, predicted), 1)
    kinds = {kind: chosen for kind, chosen in _kinds(scenes).items() if chosen.any()}
    correct = predicted == scenes.labels
    return {
        "scenes": len(scenes),
        "accuracy": _percent(correct),
        "by kind": {kind: {"scenes": int(k.sum()), "accuracy": _percent(correct[k])} for kind, k in kinds.items()},
        "confusion": confusion.tolist(),
    }


def _kinds(scenes: Scenes) -> Mapping[str, np.ndarray]:
    instances = {f"{n} of the labeled class": scenes.instances == n for n in (1, 2, 3)}
    others = {f"{n} of other classes": scenes.others == n for n in (0, 1, 2)}
    extents = {
        f"largest below {SMALL:.0%} of the picture": scenes.extents < SMALL,
        f"largest {SMALL:.0%} of the picture or more": scenes.extents >= SMALL,
    }
    return instances | others | extents


def _percent(correct: np.ndarray) -> float:
    return round(100 * float(correct.mean()), 2)
