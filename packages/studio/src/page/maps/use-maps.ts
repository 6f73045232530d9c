import { useEffect, useId, useMemo } from "react";
import type { MapWish, StudioMap } from "../../engine/engine.js";
import type { AnyMap } from "../store/maps.js";
import { useStudio } from "../store/studio.js";
import { keyOf, type MapJob } from "./map-job.js";

/** Classes and wishes that belong together, of the model and the photo that are open. */
export type Wanted = Pick<MapJob, "wishes" | "targets">;

/**
 * Sees that maps are made, as long as the component is there, the first of them first.
 * @param wanted may be a new array every time: what counts is what it says
 */
export function useMaps(wanted: readonly Wanted[]): void {
  const owner = useId();
  const want = useStudio((studio) => studio.want);
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const isAsking = useStudio((studio) => studio.isAsking);
  const said = JSON.stringify(wanted);
  useEffect(() => {
    // which classes are looked at depends on what the model says
    if (!model || !photo || isAsking) return;
    const subject = { model: model.handle, picture: photo.handle };
    const jobs = (JSON.parse(said) as Wanted[]).map((job) => ({ ...job, subject, revision: model.revision }));
    want(owner, jobs);
    return () => want(owner, []);
  }, [owner, want, model, photo, isAsking, said]);
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
      const map = maps.get(keyOf(subject, model.revision, JSON.parse(said), target));
      return map && "grid" in map && !map.blank ? [map] : [];
    });
  }, [model, photo, maps, said, targets]);
}

/** A map of the model and the photo that are open; undefined as long as it is not made. */
export function useMap(wish: MapWish | undefined, target: number | undefined): AnyMap | undefined {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const said = JSON.stringify(wish);
  const key = useMemo(
    () =>
      model && photo && said !== undefined && target !== undefined
        ? keyOf({ model: model.handle, picture: photo.handle }, model.revision, JSON.parse(said), target)
        : undefined,
    [model, photo, said, target],
  );
  return useStudio(({ maps }) => (key === undefined ? undefined : maps.get(key)));
}
