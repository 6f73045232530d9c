import { useLayoutEffect, useRef } from "react";
import type { EvaluatedPicture, Evaluation } from "../../engine/engine.js";
import { useStudio } from "../store/studio.js";
import { percent } from "../words/numbers.js";
import { isMistake } from "./confusion.js";
import { THUMBNAIL, useThumbnail } from "./thumbnails.js";
import { className } from "./words.js";

interface GalleryPictureProps {
  readonly evaluation: Evaluation;
  readonly picture: EvaluatedPicture;
  readonly place: number;
  readonly isCurrent: boolean;
  readonly isVisited: boolean;
  readonly isOpening: boolean;
  readonly onOpen: () => void;
}

/** A picture with what it is called, and what it is if that is something else. */
export function GalleryPicture(props: GalleryPictureProps) {
  const { evaluation, picture, place, isCurrent, isVisited, isOpening, onOpen } = props;
  const { name, truth, predicted, confidence } = picture;
  const thumbnail = useThumbnail(name);
  const isMissing = useStudio(({ written, findPicture }) => written !== undefined && !findPicture?.(name));
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (thumbnail instanceof ImageBitmap) canvas.current?.getContext("2d")?.drawImage(thumbnail, 0, 0);
  }, [thumbnail]);
  const called = className(evaluation, predicted);
  const is = truth !== undefined && isMistake(picture) ? className(evaluation, truth) : undefined;
  const file = name.slice(evaluation.name.length + 2);
  return (
    <button
      type="button"
      className="gallery-picture"
      data-picture={place}
      tabIndex={isCurrent ? 0 : -1}
      aria-current={isVisited || undefined}
      aria-busy={isOpening || undefined}
      title={file}
      onClick={onOpen}
    >
      {thumbnail === "failed" ? (
        <span className="gallery-failed">{isMissing ? "not here" : "can’t be read"}</span>
      ) : (
        <canvas ref={canvas} width={THUMBNAIL} height={THUMBNAIL} />
      )}
      <span className="gallery-called">
        <span>{called}</span> <span className="faint">{percent(confidence)}</span>
      </span>
      <span className="gallery-is faint">{is ? `is ${is}` : truth === undefined ? "no label" : "right"}</span>
      <span className="unseen">, {file}</span>
    </button>
  );
}
