"""Lets Limn explain a file of the zoo, whatever made it."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent

# What making a file and explaining it may take, in seconds.
PATIENCE = 900


def explained(
    folder: Path,
    x: np.ndarray,
    gradient: np.ndarray,
    facts: dict[str, object],
    many: bool = False,
    threads: int = 1,
) -> dict:
    """What measure.mjs says of the `model.onnx` in a folder.

    `x` is the input and `gradient` that of the target's logit by it, in the file's layout; `facts`
    holds the target, and what else measure.mjs reads.
    """
    np.save(folder / "input.npy", np.ascontiguousarray(x))
    # in C order, whatever order the framework left it in
    np.save(folder / "gradient.npy", np.ascontiguousarray(gradient))
    (folder / "facts.json").write_text(json.dumps({"hasGradient": True, **facts}))
    megabytes = sum(f.stat().st_size for f in folder.iterdir() if "model" in f.name) / 1e6
    command = ["node", HERE / "measure.mjs", folder, "--threads", str(threads)]
    run = subprocess.run(
        [*map(str, command), *(["--many"] if many else [])],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=HERE.parents[1],
        check=False,
    )
    found = {"megabytes": round(megabytes, 1)}
    lines = run.stdout.strip().splitlines()
    if run.returncode == 0 and lines:
        return {**found, **json.loads(lines[-1])}
    return {**found, "crash": (run.stderr.strip() or f"exit {run.returncode}")[-400:]}


def revision() -> str:
    """Limn's commit: what a line says of it may have changed since."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, cwd=HERE, check=False).stdout.strip()


@cache
def holds(later: str | None, commit: str) -> bool:
    """Whether a revision, if it is known, has a commit in its history."""
    command = ["git", "merge-base", "--is-ancestor", commit, later or ""]
    return later is not None and subprocess.run(command, cwd=HERE, check=False).returncode == 0


def reason_of(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return f"{type(error).__name__}: {lines[0]}"[:300]
