import type { Engine } from "../../engine/engine.js";
import { useStudio } from "../store/studio.js";

/** Starts the studio: with what the address says, or else with a model and a photo that come with it. */
export async function begin(engine: Engine): Promise<void> {
  const { start, openModel, openPhoto, complain } = useStudio.getState();
  try {
    const { models, pictures } = await start(engine);
    const [model] = models;
    const [picture] = pictures;
    await Promise.all([
      model && openModel({ kind: "named", name: model.name }),
      picture && openPhoto({ kind: "named", name: picture.name }),
    ]);
  } catch (error) {
    complain(error);
  }
}
