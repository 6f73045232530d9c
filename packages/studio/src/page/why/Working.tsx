import type { MapWish } from "../../engine/engine.js";
import { useStudio } from "../store/studio.js";

/** A line that moves while a map is made; how far it has come, if its method says so. */
export function Working({ wish }: { readonly wish: MapWish }) {
  const progress = useStudio(({ making }) =>
    making?.job.wishes.some(({ method }) => method === wish.method) ? making.progress : undefined,
  );
  const share = progress && progress.total > 0 ? progress.done / progress.total : undefined;
  return (
    <div className="working" data-known={share !== undefined || undefined}>
      <span style={share === undefined ? undefined : { scale: `${share} 1` }} />
    </div>
  );
}
