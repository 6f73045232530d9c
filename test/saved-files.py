"""Runs saved explanations by Python's onnxruntime and compares each map, and the class that it explains, with Limn's.

Reads in the folder of the first argument: image.npy, target.npy, and for each name NAME.onnx and NAME.npy.
Prints as JSON, for each name, the largest difference as a share of the map's largest absolute value.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort

ort.set_default_logger_severity(3)
folder = Path(sys.argv[1])
feeds = {"image": np.load(folder / "image.npy"), "target": np.load(folder / "target.npy").astype(np.int64)}
differences = {}
for path in sorted(folder.glob("*.onnx")):
    found, explained = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, feeds)
    assert explained.tolist() == feeds["target"].tolist(), path
    expected = np.load(path.with_suffix(".npy"))
    differences[path.stem] = float(np.abs(found[0] - expected).max() / max(np.abs(expected).max(), 1e-30))
print(json.dumps(differences))
