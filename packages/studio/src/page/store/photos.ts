import type { OpenedPicture, PictureSource } from "../../engine/engine.js";
import { painter } from "../paint/painter.js";
import type { Spot } from "./notices.js";
import { engineOf, letGo } from "./session.js";
import type { Slice } from "./state.js";

/** A photo on the table. */
export interface Photo extends OpenedPicture {
  /** How it can be opened elsewhere; undefined for files and what a camera saw. */
  readonly named: string | undefined;
  /** The address that it came from. */
  readonly link: string | undefined;
}

/** The photos that were opened, and the one that is asked about. */
export interface PhotosSlice {
  readonly photos: readonly Photo[];
  readonly photo: Photo | undefined;
  readonly openingPhotos: number;
  /** Opens a photo and asks about it; if it is refused, the person is told. */
  openPhoto(source: PictureSource, spot?: Spot): Promise<Photo | undefined>;
  /** Opens all photos in a fresh engine; nothing is asked of it yet. */
  reopenPhotos(): Promise<void>;
  choosePhoto(handle: string): void;
  closePhoto(handle: string): void;
}

declare module "./state.js" {
  interface Studio extends PhotosSlice {}
}

export const createPhotos: Slice<PhotosSlice> = (set, get) => ({
  photos: [],
  photo: undefined,
  openingPhotos: 0,
  async openPhoto(source, spot) {
    set({ openingPhotos: get().openingPhotos + 1 });
    try {
      const opened = await engineOf(get()).openPicture(source);
      const photo: Photo = {
        ...opened,
        named: source.kind === "named" ? source.name : undefined,
        link: source.kind === "link" ? source.link : undefined,
      };
      const others = get().photos.filter(({ handle }) => handle !== photo.handle);
      set({ photos: [...others, photo], photo, region: undefined });
      for (const warning of photo.warnings) get().say("note", warning, spot);
      get().askAgain();
      return photo;
    } catch (error) {
      get().complain(error, spot);
      return undefined;
    } finally {
      set({ openingPhotos: get().openingPhotos - 1 });
    }
  },
  async reopenPhotos() {
    const { photos, photo, complain } = get();
    const again = new Map<Photo, Photo>();
    for (const one of photos) {
      try {
        again.set(one, { ...one, ...(await engineOf(get()).openPicture(sourceOf(one))) });
      } catch (error) {
        complain(error);
      }
    }
    set({ photos: photos.flatMap((one) => again.get(one) ?? []), photo: photo && again.get(photo) });
  },
  choosePhoto(handle) {
    const photo = get().photos.find((one) => one.handle === handle);
    if (!photo || photo === get().photo) return;
    // a region is of one photo
    set({ photo, region: undefined });
    get().askAgain();
  },
  closePhoto(handle) {
    const { photos, photo } = get();
    const at = photos.findIndex((one) => one.handle === handle);
    const left = photos.filter((one) => one.handle !== handle);
    set({ photos: left });
    if (photo?.handle === handle) {
      set({ photo: left[Math.min(at, left.length - 1)], region: undefined });
      get().askAgain();
    }
    painter.forget(handle);
    letGo(engineOf(get()), handle);
  },
});

/** Where a photo can be had again. */
function sourceOf({ named, link, name, picture }: Photo): PictureSource {
  if (named !== undefined) return { kind: "named", name: named };
  return link === undefined ? { kind: "pixels", name, picture } : { kind: "link", link };
}
