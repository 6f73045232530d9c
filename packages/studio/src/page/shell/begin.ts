import { keepAddress } from "../address/keep-address.js";
import { connect } from "../engine/connect.js";
import { standIn } from "../offline/stand-in.js";
import { rememberedBackend } from "../store/session.js";
import { useStudio } from "../store/studio.js";
import { recovery } from "./recovery.js";

/** Starts the studio: with what the address says and, where it says nothing, with a model and a photo that come with it. */
export async function begin(): Promise<void> {
  if (await standIn()) return;
  const { start, openModel, openPhoto, complain } = useStudio.getState();
  const backend = rememberedBackend();
  try {
    const connection = await connect(recovery(useStudio.getState), backend);
    const {
      models: [model],
      pictures: [picture],
    } = await start(connection, backend);
    const followed = keepAddress();
    const { opening, openingPhotos } = useStudio.getState();
    await Promise.all([
      followed,
      model && !opening && openModel({ kind: "named", name: model.name }),
      picture && openingPhotos === 0 && openPhoto({ kind: "named", name: picture.name }),
    ]);
    // a link that could not be followed leaves nothing to look at
    if (model && !useStudio.getState().model) await openModel({ kind: "named", name: model.name });
    if (picture && !useStudio.getState().photo) await openPhoto({ kind: "named", name: picture.name });
    await keepForLater(backend === "webgpu");
  } catch (error) {
    complain(error);
  }
}

/** How long what a visitor may want next goes before that, such as the look bar, in milliseconds. */
const QUIET = 1000;

/** Keeps the page in the browser, as soon as nothing else is to be done. */
async function keepForLater(forGpu: boolean): Promise<void> {
  await firstMap();
  await new Promise((resolve) => setTimeout(resolve, QUIET));
  const { keepPage } = await import("../offline/kept.js");
  // a browser without room, or a network that ends: the page works all the same
  await keepPage(forGpu).catch(() => {});
}

/** Waits until the first map is made: it is what a visitor waits for. */
function firstMap(): Promise<void> {
  const isDone = () => useStudio.getState().maps.size > 0 && !useStudio.getState().making;
  if (isDone()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = useStudio.subscribe(() => {
      if (!isDone()) return;
      stop();
      resolve();
    });
  });
}
