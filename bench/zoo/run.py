"""Makes every file of the zoo, lets Limn explain it, and writes down what came out.

    python bench/zoo/run.py [--exporters torchscript-17,dynamo-18] [--only PATTERN] [--again] [--failed] [--since COMMIT]

A line of results.jsonl for every file; what it already holds is skipped, so that a run that was
stopped goes on where it was. Every network is made in a process of its own, its files are deleted
when they have been measured.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import shutil
import sys
import time
from pathlib import Path

import torch

import limn
from exporters import EXPORTERS
from limn import HERE, PATIENCE
from networks import Made, Network, make, networks
from post import POST, SUBJECTS

# two runs at a time, of other exporters, don't get into each other's way
CACHE = HERE.parents[1] / ".cache" / "zoo" / str(os.getpid())
RESULTS = HERE / "results.jsonl"

# Networks on which methods of many runs are tried, too: one of each kind.
MANY = {
    "torchvision/resnet18",
    "torchvision/mobilenet_v3_small",
    "torchvision/shufflenet_v2_x0_5",
    "transformers/vit-sdpa",
    "transformers/swin",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures Limn on a zoo of networks.")
    parser.add_argument("--exporters", default="torchscript-17")
    parser.add_argument("--post", action="store_true", help="post-process what is exported")
    parser.add_argument("--only", default="", help="a pattern that names of networks match")
    parser.add_argument("--again", action="store_true", help="measure what is measured, too")
    parser.add_argument("--failed", action="store_true", help="of what is measured, what is not well")
    parser.add_argument("--since", default="", help="of what is measured, what Limn measured before this commit")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    all_of_it = {
        "networks": [network.name for network in networks()],
        "exporters": [*EXPORTERS],
        "subjects": SUBJECTS,
        "variants": [*POST],
    }
    (HERE / "zoo.json").write_text(json.dumps(all_of_it, indent=0) + "\n")
    for exporter in options.exporters.split(","):
        for network in networks():
            if not re.search(options.only, network.name):
                continue
            if options.post and network.name not in SUBJECTS:
                continue
            variants = [*POST] if options.post else ["as exported"]
            if not options.again:
                known = results()
                variants = [v for v in variants if wanted(known.get((network.name, exporter, v)), options)]
            if variants:
                in_own_process(network, exporter, variants, options.threads)


def wanted(line: dict | None, options: argparse.Namespace) -> bool:
    if options.failed:
        return line is not None and not is_well(line)
    if options.since:
        return line is not None and "export" not in line and not limn.holds(line.get("revision"), options.since)
    return line is None


def is_well(line: dict) -> bool:
    return "gradient" in line and line["gradient"]["verdict"] in ("agrees", "steps agree", "kink")


def results() -> dict[tuple[str, str, str], dict]:
    """What is measured, by network, exporter and what was done to the file; the last line counts."""
    if not RESULTS.exists():
        return {}
    lines = [json.loads(line) for line in RESULTS.read_text().splitlines()]
    return {(line["network"], line["exporter"], line["variant"]): line for line in lines}


def write(line: dict) -> None:
    with RESULTS.open("a") as file:
        file.write(json.dumps(line) + "\n")
    print(json.dumps(line)[:400], flush=True)


def in_own_process(network: Network, exporter: str, variants: list[str], threads: int) -> None:
    # forked, so that libraries are imported once
    child = multiprocessing.get_context("fork").Process(
        target=measure_all, args=(network, exporter, variants, threads)
    )
    child.start()
    child.join(PATIENCE * len(variants))
    if child.is_alive():
        child.kill()
        child.join()
    known = results()
    for variant in variants:
        if (network.name, exporter, variant) not in known:
            reason = f"the process ended with {child.exitcode}" if child.exitcode else "no result"
            write({"network": network.name, "exporter": exporter, "variant": variant, "made": reason})
    shutil.rmtree(CACHE, ignore_errors=True)


def measure_all(network: Network, exporter: str, variants: list[str], threads: int) -> None:
    torch.set_num_threads(threads)
    said = {"network": network.name, "exporter": exporter, "revision": limn.revision()}
    folder = CACHE / "exported"
    shutil.rmtree(CACHE, ignore_errors=True)
    folder.mkdir(parents=True)
    start = time.perf_counter()
    try:
        made = make(network)
        built = time.perf_counter()
        EXPORTERS[exporter](made, folder / "model.onnx")
    except BaseException as error:  # noqa: BLE001 - exporters fail in many ways
        for variant in variants:
            write({**said, "variant": variant, "export": limn.reason_of(error)})
        return
    said |= {
        "size": made.x.shape[-1],
        "parameters": sum(p.numel() for p in made.net.parameters()),
        "features": made.features,
        "makeSeconds": round(built - start, 1),
        "exportSeconds": round(time.perf_counter() - built, 1),
    }
    for variant in variants:
        place = folder
        if variant != "as exported":
            place = CACHE / "changed"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            try:
                POST[variant](folder / "model.onnx", place / "model.onnx", made)
            except BaseException as error:  # noqa: BLE001
                write({**said, "variant": variant, "export": limn.reason_of(error)})
                continue
        write({**said, "variant": variant, **explained(made, place, variant, network.name in MANY, threads)})


def explained(made: Made, folder: Path, variant: str, many: bool, threads: int) -> dict:
    import onnx

    model = onnx.load(folder / "model.onnx", load_external_data=False)
    element = onnx.helper.tensor_dtype_to_np_dtype(model.graph.input[0].type.tensor_type.elem_type)
    facts = {
        "target": made.target,
        "rounding": made.rounding,
        "rounds": variant.startswith(("float16", "QDQ", "int8")),
    }
    x = made.x.numpy().astype(element)
    return limn.explained(folder, x, made.gradient.numpy(), facts, many, threads)


if __name__ == "__main__":
    sys.exit(main())
