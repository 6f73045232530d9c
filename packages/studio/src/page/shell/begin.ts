import type { Engine } from "../../engine/engine.js";
import { readAddress } from "../address/address.js";
import { follow, keepAddress } from "../address/keep-address.js";
import { useStudio } from "../store/studio.js";

/** Starts the studio: with what the address says and, where it says nothing, with a model and a photo that come with it. */
export async function begin(engine: Engine): Promise<void> {
  const { start, openModel, openPhoto, complain } = useStudio.getState();
  try {
    const {
      models: [model],
      pictures: [picture],
    } = await start(engine);
    const address = readAddress(location.hash);
    const followed = follow(address);
    const { opening, openingPhotos } = useStudio.getState();
    await Promise.all([
      followed,
      model && !opening && openModel({ kind: "named", name: model.name }),
      picture && openingPhotos === 0 && openPhoto({ kind: "named", name: picture.name }),
    ]);
    keepAddress();
  } catch (error) {
    complain(error);
  }
}
