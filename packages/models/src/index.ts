import { fileURLToPath } from "node:url";

/** The files of a model that comes with this package. */
export interface EmbeddedModel {
  readonly path: string;
  /** A config.json with the names of the classes. */
  readonly labels: string;
  readonly preprocessing: string;
}

function embedded(name: string): EmbeddedModel {
  const file = (entry: string) => fileURLToPath(new URL(`../networks/${name}/${entry}`, import.meta.url));
  return {
    path: file("model.onnx"),
    labels: file("config.json"),
    preprocessing: file("preprocessor_config.json"),
  };
}

/** Small networks that were trained on scenes, by name; the model cards lie beside them. */
export const EMBEDDED_MODELS = {
  /** Residual, with global average pooling and one fully connected layer: every method applies. */
  "scenes-resnet": embedded("scenes-resnet"),
  /** Plain, with two fully connected layers. */
  "scenes-vgg": embedded("scenes-vgg"),
  /** Depthwise convolutions, squeeze and excite, h-swish, unfolded batch normalization. */
  "scenes-mobile": embedded("scenes-mobile"),
  /** Plain and deep, without skips. */
  "scenes-deep": embedded("scenes-deep"),
} as const satisfies Record<string, EmbeddedModel>;

export const DEFAULT_MODEL = "scenes-resnet";
