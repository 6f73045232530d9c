"""The model cards, from the figures that training leaves. `python cards.py` writes them anew."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).parent
FIGURES = HERE / "figures"
MODELS = HERE.parent / "networks"

TITLES = {
    "scenes-resnet": "A residual network with global average pooling and one fully connected layer",
    "scenes-vgg": "A plain network with max pooling and two fully connected layers",
    "scenes-mobile": "Depthwise convolutions, squeeze-and-excitation, h-swish and unfolded batch normalization",
    "scenes-deep": "32 convolutions without skips",
    "scenes-vit": "A transformer: convolutions to a grid of 8 x 8 tokens, a class token and five blocks of attention",
}

NOTES = {
    "scenes-deep": (
        "While it learned, identities lay beside the convolutions that keep the extent, without which so deep a network "
        "learned more slowly; in the file they are part of the weights (Ding et al. 2021).",
    ),
    "scenes-vit": (
        "Its first three stages are those of scenes-resnet, as they are, and half of the targets are what scenes-resnet says "
        "of the same changed picture (Hinton et al. 2015): transformers learn slowly from few pictures.",
    ),
    "scenes-mobile": ("The file keeps batch normalization as nodes of its own.",),
}

TESTS = {
    "test-seen": "new scenes of the families that it was trained on, one to three objects of one class",
    "test-unseen": "such scenes of a family that it has never seen",
    "test-mixed": "new scenes as `limn scenes` draws them by default: up to two objects of other classes beside the labeled one",
}
"""The sets that networks are measured by."""


def write_card(figures: Mapping[str, object], folder: Path) -> None:
    (folder / "README.md").write_text(card_of(figures))


def card_of(figures: Mapping[str, object]) -> str:
    name, tests = figures["name"], figures["tests"]
    accuracies = [(test, text, f"{tests[test]['accuracy']:.1f} %") for test, text in TESTS.items()]
    parts = [
        f"# {name}",
        f"{TITLES[name]}. It tells which of {len(figures['classes'])} classes a scene of 128 x 128 pixels is about: "
        f"{', '.join(figures['classes'])}.",
        f"{figures['parameters']:,} parameters, {figures['products'] / 1e6:.0f} million multiplications a picture, "
        f"{figures['bytes'] / 1e6:.2f} MB. Input `image` [batch, 3, 128, 128], output `logits` [batch, 16]; "
        "preprocessor_config.json tells how pixels become numbers, config.json the classes' names.",
        "## Accuracy",
        _table(("scenes", "what they show", "accuracy"), accuracies),
        "Measured on the exported file in ONNX Runtime, on seeds that were never trained on. By kind of scene:",
        _table(
            ("scenes with", *TESTS),
            [(kind, *(_accuracy(tests[test], kind) for test in TESTS)) for kind in tests["test-mixed"]["by kind"]],
        ),
        *(_confusion(test, tests[test], figures["classes"]) for test in TESTS),
        "## Data",
        "Scenes that `limn scenes` drew, with these seeds and options. `test-unseen` has the one family of icons that is in "
        "no other set.",
        _table(
            ("set", "scenes", "seed", "families", "instances", "others", "scale", "clutter"),
            [(part, *_settings(settings)) for part, settings in figures["sets"].items()],
        ),
        "## Recipe",
        _recipe(figures),
        "## Limits",
        "It knows drawn icons on drawn backgrounds, and nothing of photographs. Objects below 30 % of the picture, "
        "crowded scenes and drawings of other styles are where it errs most, as the tables tell. "
        "It was made to have its decisions explained, not to be relied on.",
        "## License",
        "MIT, as Limn. It was trained, and tested, on drawings of these icon families; their authors have no part in it:",
        "\n".join(
            f"- {family['title']}, {family['author']}, {family['name']}, {family['source']}"
            for family in figures["licenses"]
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _recipe(figures: Mapping[str, object]) -> str:
    recipe = figures["recipe"]
    coarse, fine = recipe["coarse_epochs"], recipe["fine_epochs"]
    epochs = f"{coarse} epochs on pictures of 96 pixels and {fine} of 128" if coarse else f"{fine} epochs"
    last = recipe.get("last_cycles", ())
    lasts = f" Then {_cycles(last)} at a low rate, with little of that." if last else ""
    sentences = [
        f"packages/models/training/train.py, seed {figures['seed']}: AdamW on one cycle of learning rates up to "
        f"{recipe['rate']:g}, {epochs}; pictures are turned, stretched, warped, shifted, tinted and partly "
        f"covered.{lasts}",
        "The targets are the classes' shares of the pixels that show objects, so a scene with a cat and a dog asks for "
        "both.",
        *NOTES.get(figures["name"], ()),
        f"PyTorch {figures['torch']}, {figures['minutes']:.0f} minutes of one {figures['device'].upper()}'s time. "
        f"The file's logits differ from PyTorch's by at most {figures['difference']:.0e}.",
    ]
    return " ".join(sentences)


def _cycles(epochs: Sequence[int]) -> str:
    if list(epochs) == [1]:
        return "one more epoch"
    return f"{'cycles' if len(epochs) > 1 else 'a cycle'} of {' and '.join(map(str, epochs))} epochs"


def _accuracy(test: Mapping[str, object], kind: str) -> str:
    figures = test["by kind"].get(kind)
    return f"{figures['accuracy']:.1f} % of {figures['scenes']}" if figures else "none"


def _settings(settings: Mapping[str, object]) -> tuple[str, ...]:
    ranges = ("instances", "others", "scale", "clutter")
    families = ", ".join(settings["families"])
    return str(settings["scenes"]), str(settings["seed"]), families, *(_range(*settings[name]) for name in ranges)


def _range(least: float, most: float) -> str:
    return str(least) if least == most else f"{least} to {most}"


def _confusion(test: str, figures: Mapping[str, object], classes: list[str]) -> str:
    """Rows are labels, columns what the network says; the columns' heads are the first letters of the classes."""
    rows = [
        (name, *(str(count) if count else "" for count in counts))
        for name, counts in zip(classes, figures["confusion"], strict=True)
    ]
    return f"Confusion on `{test}`; a row for each label, a column for each answer:\n\n" + _table(
        ("", *(name[:3] for name in classes)), rows
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    for path in FIGURES.glob("*.json"):
        write_card(json.loads(path.read_text()), MODELS / path.stem)
