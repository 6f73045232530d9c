import type { Named } from "./engine.js";

/** The models that come with the studio: those of `@limn/models`. */
export const MODELS: readonly Named[] = [
  { name: "scenes-resnet", summary: "Residual network, 16 classes of scenes" },
  { name: "scenes-vgg", summary: "Plain network with two fully connected layers" },
  { name: "scenes-mobile", summary: "Depthwise convolutions, squeeze and excite" },
  { name: "scenes-deep", summary: "32 convolutions without skips" },
  { name: "scenes-vit", summary: "Vision transformer with a class token" },
];

/** The pictures that come with the studio: those in the package's folder `pictures`, which scripts/studio-pictures.mjs makes. */
export const PICTURES: readonly Named[] = [
  { name: "cat-and-dog", summary: "A cat and a dog" },
  { name: "one-object", summary: "One object" },
  { name: "several-instances", summary: "Several of one kind" },
  { name: "two-classes", summary: "Two kinds of things" },
  { name: "small-objects", summary: "Small things" },
];
