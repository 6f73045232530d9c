"""How a network becomes model.onnx in a folder."""

import warnings
from collections.abc import Callable
from pathlib import Path

import torch

from networks import Made

Exporter = Callable[[Made, Path], None]


def torchscript(opset: int) -> Exporter:
    def export(made: Made, path: Path) -> None:
        torch.onnx.export(
            made.net,
            (made.x,),
            path,
            opset_version=opset,
            input_names=["image"],
            output_names=["logits"],
            dynamo=False,
        )

    return export


def dynamo(opset: int) -> Exporter:
    """The weights go next to the model, as they do if nobody says otherwise."""

    def export(made: Made, path: Path) -> None:
        torch.onnx.export(
            made.net, (made.x,), path, opset_version=opset, dynamo=True, verbose=False
        )

    return export


EXPORTERS: dict[str, Exporter] = {
    "torchscript-17": torchscript(17),
    "dynamo-18": dynamo(18),
    "dynamo-20": dynamo(20),
    "dynamo-23": dynamo(23),
}

warnings.filterwarnings("ignore")
