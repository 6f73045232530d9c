import { fileURLToPath } from "node:url";

/** The files of a model that comes with this package. */
export interface EmbeddedModel {
  /** Path of the .onnx file. */
  readonly path: string;
  /** Path of a config.json with the names of the classes. */
  readonly labels: string;
  /** Path of a preprocessor_config.json. */
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

/**
 * Small networks that were trained on scenes, by name; each folder has a model card. They take pictures of 128 x 128 pixels
 * and know 16 classes.
 */
export const EMBEDDED_MODELS = {
  /** Residual, with global average pooling and one fully connected layer: every method applies. */
  "scenes-resnet": embedded("scenes-resnet"),
  /** Plain, with two fully connected layers. */
  "scenes-vgg": embedded("scenes-vgg"),
  /** Depthwise convolutions, squeeze and excite, h-swish, batch normalization that is not folded. */
  "scenes-mobile": embedded("scenes-mobile"),
  /** Deep and plain: 32 convolutions without skips. */
  "scenes-deep": embedded("scenes-deep"),
  /** A transformer: convolutions to a grid of tokens, five blocks of attention, a class token. */
  "scenes-vit": embedded("scenes-vit"),
} as const satisfies Record<string, EmbeddedModel>;

/** The embedded model to try first. */
export const DEFAULT_MODEL = "scenes-resnet";
