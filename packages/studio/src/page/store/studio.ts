import { create } from "zustand";
import { createHiding } from "./hiding.js";
import { createImagined } from "./imagined.js";
import { createLook } from "./look.js";
import { createMaps } from "./maps.js";
import { createMistakes } from "./mistakes.js";
import { createModel } from "./model.js";
import { createNotices } from "./notices.js";
import { createObjects } from "./objects.js";
import { createOther } from "./other.js";
import { createPhotos } from "./photos.js";
import { createPlaces } from "./places.js";
import { createQuestion } from "./question.js";
import { createSession } from "./session.js";
import { createSheet } from "./sheet.js";
import { createShown } from "./shown.js";
import type { Studio } from "./state.js";

export type { Studio } from "./state.js";

/** The one store of the page, by subject. */
export const useStudio = create<Studio>()((...all) => ({
  ...createSession(...all),
  ...createNotices(...all),
  ...createModel(...all),
  ...createOther(...all),
  ...createPhotos(...all),
  ...createObjects(...all),
  ...createPlaces(...all),
  ...createQuestion(...all),
  ...createMaps(...all),
  ...createShown(...all),
  ...createSheet(...all),
  ...createLook(...all),
  ...createHiding(...all),
  ...createImagined(...all),
  ...createMistakes(...all),
}));
