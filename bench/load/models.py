"""The two networks of this benchmark that bench/models.py does not have, with seeded random weights.

    python bench/load/models.py [--cache .cache/bench]

writes swin_t.onnx and nasnetalarge.onnx (TorchScript exporter, opset 17, weights inside, fixed size) and leaves alone
what is there. Needs torch, torchvision, timm and onnx.
"""

import argparse
import os
import sys
from pathlib import Path

import timm
import torch
import torchvision.models

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from models import CACHE, OPSET, SEED  # noqa: E402

NETWORKS = {
    "swin_t": (lambda: torchvision.models.swin_t(weights=None), 224),
    "nasnetalarge": (lambda: timm.create_model("nasnetalarge", pretrained=False), 331),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    cache = parser.parse_args().cache
    cache.mkdir(parents=True, exist_ok=True)
    for name, (build, size) in NETWORKS.items():
        model = cache / f"{name}.onnx"
        if not model.exists():
            torch.manual_seed(SEED)
            partial = cache / f"{name}.partial"
            torch.onnx.export(
                build().eval(),
                (torch.randn(1, 3, size, size),),
                partial,
                opset_version=OPSET,
                input_names=["image"],
                output_names=["logits"],
                dynamo=False,
            )
            os.replace(partial, model)
        print(f"{model}  {model.stat().st_size / 2**20:.1f} MiB", flush=True)


if __name__ == "__main__":
    main()
