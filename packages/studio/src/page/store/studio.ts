import { create, type StateCreator } from "zustand";
import { createHiding, type HidingSlice } from "./hiding.js";
import { createLook, type LookSlice } from "./look.js";
import { createMaps, type MapsSlice } from "./maps.js";
import { createModel, type ModelSlice } from "./model.js";
import { createNotices, type NoticesSlice } from "./notices.js";
import { createPhotos, type PhotosSlice } from "./photos.js";
import { createQuestion, type QuestionSlice } from "./question.js";
import { createSession, type SessionSlice } from "./session.js";
import { createShown, type ShownSlice } from "./shown.js";

/** All that the page knows, by subject. */
export type Studio = SessionSlice &
  NoticesSlice &
  ModelSlice &
  PhotosSlice &
  QuestionSlice &
  MapsSlice &
  ShownSlice &
  LookSlice &
  HidingSlice;

/** Makes the part of the store about one subject; it sees all of it. */
export type Slice<Part> = StateCreator<Studio, [], [], Part>;

export const useStudio = create<Studio>()((...all) => ({
  ...createSession(...all),
  ...createNotices(...all),
  ...createModel(...all),
  ...createPhotos(...all),
  ...createQuestion(...all),
  ...createMaps(...all),
  ...createShown(...all),
  ...createLook(...all),
  ...createHiding(...all),
}));
