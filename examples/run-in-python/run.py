"""Runs the saved explanation, which needs nothing of Limn, and compares it with what Limn computed."""

import numpy as np
import onnxruntime as ort

session = ort.InferenceSession("limn-out/explain.onnx")
image = np.load("limn-out/image.npy")
grad_cam, lrp, explained = session.run(["grad-cam/stage2", "lrp", "explained"], {"image": image, "target": np.array([5])})
assert explained == [5]  # the class that the maps explain; with the target -1, the predicted one
for name, found in (("grad-cam", grad_cam), ("lrp", lrp)):
    expected = np.load(f"limn-out/{name}.npy")
    difference = np.abs(found[0] - expected).max() / np.abs(expected).max()
    print(f"{name}: {found.shape}, differs by {difference:.1e}")
    assert difference < 1e-5
