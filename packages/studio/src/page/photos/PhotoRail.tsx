import { type ReactElement, useEffect, useRef } from "react";
import { Icon } from "../parts/Icon.js";
import type { Photo } from "../store/photos.js";
import { useStudio } from "../store/studio.js";
import { AddPhoto } from "./AddPhoto.js";
import { squareOf } from "./square-of.js";
import "./photos.css";

/** The photos that are open, and a way to more. */
export function PhotoRail(): ReactElement {
  const photos = useStudio((studio) => studio.photos);
  const current = useStudio(({ photo }) => photo?.handle);
  const isOpening = useStudio((studio) => studio.openingPhotos > 0);
  const choose = useStudio((studio) => studio.choosePhoto);
  const close = useStudio((studio) => studio.closePhoto);
  return (
    <nav className="rail" aria-label="Photos">
      <ul>
        {photos.map((photo) => (
          <li key={photo.handle}>
            <button
              type="button"
              className="rail-photo"
              aria-current={photo.handle === current || undefined}
              aria-label={photo.name}
              title={photo.name}
              onClick={() => choose(photo.handle)}
            >
              <Thumbnail photo={photo} />
            </button>
            {photos.length > 1 && (
              <button
                type="button"
                className="rail-close"
                aria-label={`Close ${photo.name}`}
                onClick={() => close(photo.handle)}
              >
                <Icon name="close" />
              </button>
            )}
          </li>
        ))}
        {isOpening && (
          <li className="rail-opening" role="status">
            <span className="unseen">opening a photo</span>
          </li>
        )}
      </ul>
      <AddPhoto />
    </nav>
  );
}

const SIDE = 128;

function Thumbnail({ photo }: { readonly photo: Photo }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let gone = false;
    void squareOf(photo, SIDE).then((square) => {
      if (!gone && square) canvas.current?.getContext("bitmaprenderer")?.transferFromImageBitmap(square);
    });
    return () => {
      gone = true;
    };
  }, [photo]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} />;
}
