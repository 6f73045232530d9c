import type { Classifier } from "../classifier.js";
import type { ImageInput } from "./image-input.js";
import { padsAtEnd } from "./pads-at-end.js";
import { type PresetName, presetsFor } from "./presets.js";

/** A guess at how pictures become a model's input. */
export interface PreprocessingGuess {
  readonly preset: PresetName;
  /** What it is guessed from, as it reads after "since". */
  readonly reason: string;
}

/** What a model tells about the pictures that it was trained on, without saying it. */
interface Evidence {
  readonly input: ImageInput;
  readonly classifier: Pick<Classifier, "classes" | "model" | "image" | "logits"> &
    Partial<Pick<Classifier, "ofTexts" | "independent">>;
}

/** A sign of a preprocessing: the reason if a model shows it. */
interface Clue {
  readonly preset: PresetName;
  readonly shows: (evidence: Evidence) => string | undefined;
}

/** What a model's producer is called if it says so itself. */
const producerOf = ({ classifier: { model } }: Evidence): string => model.producer;

const producedBy =
  (pattern: RegExp, reason: (producer: string) => string): Clue["shows"] =>
  (evidence) =>
    pattern.test(producerOf(evidence)) ? reason(producerOf(evidence)) : undefined;

/** Data sets of small pictures, such as CIFAR's 32 and Tiny ImageNet's 64 pixels. */
const isSmall = ({ input: { height, width } }: Evidence): boolean => Math.max(height, width) <= 64;

/** The sizes of Inception and NASNet, which no other family has. */
const INCEPTION_SIZES = [299, 331];

/** The signs, strongest first; the first that a model shows, and whose preset it can take, decides. */
const CLUES: readonly Clue[] = [
  {
    preset: "tf",
    shows: ({ classifier: { ofTexts, independent } }) =>
      ofTexts && independent ? "encoders whose texts are questions of their own, as SigLIP's, take -1 to 1" : undefined,
  },
  {
    preset: "clip",
    shows: ({ classifier }) =>
      classifier.ofTexts ? "image encoders with classes of texts are mostly CLIP's" : undefined,
  },
  { preset: "raw", shows: producedBy(/^CNTK/i, () => "CNTK gives its networks pixels as they are") },
  {
    preset: "caffe",
    shows: producedBy(/caffe/i, (producer) => `"${producer}" wrote the file, and networks of Caffe subtract the mean`),
  },
  {
    preset: "mnist",
    shows: (evidence) =>
      /pytorch/i.test(producerOf(evidence)) && isSmall(evidence) && evidence.classifier.classes === 10
        ? "small gray pictures of 10 classes look like MNIST's digits, which PyTorch's examples standardize"
        : undefined,
  },
  {
    preset: "unit",
    shows: ({ input }) => (input.channels === 1 ? "gray pictures are mostly scaled to 0 to 1" : undefined),
  },
  {
    preset: "tf",
    shows: ({ classifier }) =>
      classifier.classes === 1001
        ? "1001 outputs are ImageNet's classes and a background, as TensorFlow has them"
        : undefined,
  },
  {
    preset: "unit",
    shows: (evidence) =>
      evidence.input.layout === "nhwc" && isSmall(evidence)
        ? "small pictures with channels last are Keras', mostly scaled to 0 to 1"
        : undefined,
  },
  {
    preset: "tf",
    shows: ({ classifier }) =>
      padsAtEnd(classifier)
        ? "its strided convolutions pad more at the end than at the beginning, as TensorFlow's do"
        : undefined,
  },
  {
    preset: "tf",
    shows: ({ input }) => (input.layout === "nhwc" ? "its channels come last, as TensorFlow's do" : undefined),
  },
  { preset: "tf", shows: producedBy(/tf2onnx|keras|tensorflow/i, (producer) => `"${producer}" wrote the file`) },
  {
    preset: "tf",
    shows: ({ input: { height } }) =>
      INCEPTION_SIZES.includes(height) ? `${height} pixels are the size of Inception's relatives` : undefined,
  },
];

/**
 * Guesses the preprocessing of a model of which nothing says it.
 * @param input what the model takes
 */
export function guessPreprocessing(classifier: Evidence["classifier"], input: ImageInput): PreprocessingGuess {
  const possible = presetsFor(input);
  for (const { preset, shows } of CLUES) {
    const reason = possible.includes(preset) ? shows({ input, classifier }) : undefined;
    if (reason !== undefined) return { preset, reason };
  }
  return { preset: "imagenet", reason: "most classifiers of color pictures are trained so" };
}
