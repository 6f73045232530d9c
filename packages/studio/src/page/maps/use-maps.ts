import { useEffect, useId, useMemo } from "react";
import type { MapWish, StudioMap } from "../../engine/engine.js";
import type { AnyMap } from "../store/maps.js";
import type { StudioModel } from "../store/model.js";
import { useStudio } from "../store/studio.js";
import { tellingMap } from "./made-map.js";
import { keyOf, type MapJob } from "./map-job.js";

/** Classes and wishes that belong together. */
export interface Wanted extends Pick<MapJob, "wishes" | "targets" | "after"> {
  /** Default: the model that is open. */
  readonly model?: Asked | undefined;
}

/** A model that maps are asked of: see `StudioModel`. */
type Asked = Pick<StudioModel, "handle" | "revision">;

/**
 * Sees that maps of the photo that is open are made, as long as the component is there, the first of them first.
 * @param wanted may be a new array every time: what counts is what it says
 */
export function useMaps(wanted: readonly Wanted[]): void {
  const owner = useId();
  const want = useStudio((studio) => studio.want);
  const open = useStudio((studio) => studio.model);
  const picture = useStudio(({ photo }) => photo?.handle);
  const isAsking = useStudio((studio) => studio.isAsking);
  const said = JSON.stringify(
    // which classes are looked at depends on what the model says
    picture === undefined || isAsking
      ? []
      : wanted.flatMap(({ model = open, ...wished }): MapJob[] =>
          model ? [{ subject: { model: model.handle, picture }, revision: model.revision, ...wished }] : [],
        ),
  );
  useEffect(() => {
    want(owner, JSON.parse(said));
    return () => want(owner, []);
  }, [owner, want, said]);
}

/** Those maps of some classes that are made and show something. @param targets the same array as long as it says the same */
export function useMadeMaps(wish: MapWish, targets: readonly number[]): readonly StudioMap[] {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const maps = useStudio((studio) => studio.maps);
  const said = JSON.stringify(wish);
  return useMemo(() => {
    if (!model || !photo) return [];
    const subject = { model: model.handle, picture: photo.handle };
    return targets.flatMap((target) => {
      return tellingMap(maps.get(keyOf(subject, model.revision, JSON.parse(said), target))) ?? [];
    });
  }, [model, photo, maps, said, targets]);
}

/** A map of the photo that is open; undefined as long as it is not made. @param by default: the model that is open */
export function useMap(wish: MapWish | undefined, target: number | undefined, by?: Asked): AnyMap | undefined {
  const open = useStudio((studio) => studio.model);
  const picture = useStudio(({ photo }) => photo?.handle);
  const { handle, revision } = by ?? open ?? {};
  const said = JSON.stringify(wish);
  const key = useMemo(
    () =>
      handle !== undefined &&
      revision !== undefined &&
      picture !== undefined &&
      said !== undefined &&
      target !== undefined
        ? keyOf({ model: handle, picture }, revision, JSON.parse(said), target)
        : undefined,
    [handle, revision, picture, said, target],
  );
  return useStudio(({ maps }) => (key === undefined ? undefined : maps.get(key)));
}
