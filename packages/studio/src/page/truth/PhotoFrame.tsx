import type { CSSProperties, ReactNode } from "react";
import type { Photo } from "../store/photos.js";

/** A frame in the photo's shape, as large as there is room. */
export function PhotoFrame({ photo, children }: { readonly photo: Photo; readonly children: ReactNode }) {
  const { width, height } = photo.picture;
  return (
    <div className="truth-photo">
      <div className="masked" style={{ "--shape": `${width} / ${height}`, "--ratio": width / height } as CSSProperties}>
        {children}
      </div>
    </div>
  );
}
