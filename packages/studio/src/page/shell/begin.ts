import { readAddress } from "../address/address.js";
import { follow, keepAddress } from "../address/keep-address.js";
import { connect } from "../engine/connect.js";
import { useStudio } from "../store/studio.js";

/** Starts the studio: with what the address says and, where it says nothing, with a model and a photo that come with it. */
export async function begin(): Promise<void> {
  const { start, openModel, openPhoto, complain } = useStudio.getState();
  const { engine } = connect({ onLost: complain, onBack: () => void reopen() });
  try {
    const {
      models: [model],
      pictures: [picture],
    } = await start(engine);
    const followed = follow(readAddress(location.hash));
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

/** Opens in a fresh engine what was open in the one before. */
async function reopen(): Promise<void> {
  const { model, photo, photos, openModel, reopenPhotos } = useStudio.getState();
  if (model) await openModel(model.origin, model.choice);
  await reopenPhotos(photos, photo);
}
