import { useEffect, useRef } from "react";
import { partOf } from "../maps/zoomed.js";
import type { Photo } from "../store/photos.js";
import { type Studio, useStudio } from "../store/studio.js";

/** The place that is pointed at, on every map at once. It follows the pointer without React. */
export function Crosshair({ photo }: { readonly photo: Photo }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = ({ pointer, zoom }: Studio) => {
      const { current } = element;
      if (!current) return;
      current.hidden = pointer === undefined;
      if (!pointer) return;
      const part = partOf(photo.picture, zoom);
      current.style.setProperty("--x", `${(100 * (pointer.x - part.x)) / part.width}%`);
      current.style.setProperty("--y", `${(100 * (pointer.y - part.y)) / part.height}%`);
    };
    place(useStudio.getState());
    return useStudio.subscribe(place);
  }, [photo]);
  return <div ref={element} className="crosshair" aria-hidden="true" hidden />;
}
