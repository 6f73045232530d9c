import type { ConnectionEvents } from "../engine/connect-worker.js";
import { madeMap } from "../maps/made-map.js";
import type { Studio } from "../store/studio.js";

/**
 * What the page does if its engine is gone: it says so, and opens in the next one what was open. A model by which one engine after
 * the other is lost is not opened again.
 */
export function recovery(studio: () => Studio): ConnectionEvents {
  /** The model with which the engine was lost the last time, if nothing was made with it since. */
  let suspect: string | undefined;
  let lostAgain = false;
  return {
    onLost(reason) {
      const { model, maps, complain } = studio();
      const isMade = [...maps.values()].some(madeMap);
      lostAgain = model !== undefined && model.handle === suspect && !isMade;
      suspect = model?.handle;
      complain(reason);
    },
    async onBack() {
      const { about, other, opened, openModel, openOther, closeModel, reopenPhotos, lookAgain, say, tryAgain } =
        studio();
      if (about?.kind === "native") {
        // what was said while it did not is over
        tryAgain();
        say("note", "limn studio answers again.");
      }
      await reopenPhotos();
      const { model } = studio();
      if (lostAgain && model) {
        closeModel();
        say("note", `${model.name} was closed, since the engine was lost with it twice: open another model.`);
      } else if (model) {
        // what a person has begun to open meanwhile takes its place, unless it is refused
        await opened();
        if (studio().model === model) await openModel(model.origin, model.choice);
      }
      if (other) await openOther(other.origin);
      lostAgain = false;
      await lookAgain().catch(() => {});
    },
  };
}
