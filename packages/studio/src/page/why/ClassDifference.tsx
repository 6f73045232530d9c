import type { MapWish } from "../../engine/engine.js";
import { useMap } from "../maps/use-maps.js";
import type { Photo } from "../store/photos.js";
import { labelOf } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { methodName } from "../words/map-name.js";
import { DifferenceCell } from "./DifferenceCell.js";

interface ClassDifferenceProps {
  readonly photo: Photo;
  readonly wish: MapWish;
  readonly target: number;
  readonly other: number;
  readonly title: "method" | "class" | "both";
}

/** What the map of one class shows more than that of another. */
export default function ClassDifference({ photo, wish, target, other, title }: ClassDifferenceProps) {
  const model = useStudio((studio) => studio.model);
  const [a, b] = [useMap(wish, target), useMap(wish, other)];
  const names = [labelOf(model, target), labelOf(model, other)] as const;
  return (
    <DifferenceCell
      photo={photo}
      a={a}
      b={b}
      names={names}
      what={methodName(wish.method)}
      {...(title === "both" ? { note: methodName(wish.method) } : {})}
    />
  );
}
