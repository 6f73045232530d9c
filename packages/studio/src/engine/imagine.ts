import { Imaginer, LimnError, type Picture, type Runtime } from "@limn/core";
import type { Call, ImagineStep } from "./engine.js";
import type { OpenModel } from "./open-model.js";

/** Every so many steps, the picture is shown. */
const STEPS_SHOWN = 8;

/**
 * The picture that a class's score likes best, as `limn imagine` makes it.
 * @throws LimnError as `Imaginer.imagine` does, and `not-applicable` for a model that takes no pictures
 */
export async function imagined(
  { classifier, chosen }: OpenModel,
  target: number,
  runtime: Runtime,
  { signal, onStep }: Call<ImagineStep>,
): Promise<Picture> {
  if (!chosen.preprocessing) {
    throw new LimnError("not-applicable", "the model takes no pictures, so that none can be imagined");
  }
  const imaginer = await Imaginer.create(classifier, runtime, chosen.preprocessing);
  try {
    const { width, height, rgb } = await imaginer.imagine(target, {
      ...(signal ? { signal } : {}),
      onStep: async ({ step, steps, probability, picture }) => {
        if (!onStep || step % STEPS_SHOWN !== 0) return;
        const { width, height, rgb } = await picture();
        onStep({ doing: "imagining", done: step, total: steps, probability, picture: { width, height, rgb } });
      },
    });
    return { width, height, rgb };
  } finally {
    await imaginer.release();
  }
}
