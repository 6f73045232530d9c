import { MapCanvas } from "../canvas/MapCanvas.js";
import type { Photo } from "../store/photos.js";

export function PhotoCell({ photo }: { readonly photo: Photo }) {
  return (
    <figure className="cell">
      <MapCanvas photo={photo} name={`The photo ${photo.name}`} />
      <figcaption>
        <div className="cell-title">
          <span className="cell-name">{photo.name}</span>
          <span className="faint">
            {photo.picture.width} × {photo.picture.height}
          </span>
        </div>
      </figcaption>
    </figure>
  );
}
