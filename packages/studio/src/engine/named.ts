import type { EMBEDDED_MODELS } from "@limn/models";
import type { Named } from "./engine.js";

/** What the models of `@limn/models` are, in a few words. */
const NETWORKS: Readonly<Record<keyof typeof EMBEDDED_MODELS, string>> = {
  "scenes-resnet": "Residual network, 16 classes of scenes",
  "scenes-vgg": "Plain network with two fully connected layers",
  "scenes-mobile": "Depthwise convolutions, squeeze and excite",
  "scenes-deep": "32 convolutions without skips",
  "scenes-vit": "Vision transformer with a class token",
};

/** The models that come with the studio. */
export const MODELS: readonly Named[] = Object.entries(NETWORKS).map(([name, summary]) => ({ name, summary }));

/** The pictures that come with the studio: those in the package's folder `pictures`, which scripts/studio-pictures.mjs makes. */
export const PICTURES: readonly Named[] = [
  { name: "cat-and-dog", summary: "A cat and a dog" },
  { name: "one-object", summary: "One object" },
  { name: "several-instances", summary: "Several of one kind" },
  { name: "two-classes", summary: "Two kinds of things" },
  { name: "small-objects", summary: "Small things" },
];
