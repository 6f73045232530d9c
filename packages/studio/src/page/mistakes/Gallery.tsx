import type { EvaluatedPicture, Evaluation } from "../../engine/engine.js";
import { PictureGrid } from "../gallery/PictureGrid.js";
import { useStudio } from "../store/studio.js";
import { GalleryPicture } from "./GalleryPicture.js";

/** The least width of a picture, in pixels. */
const LEAST = 112;

interface GalleryProps {
  readonly evaluation: Evaluation;
  readonly pictures: readonly EvaluatedPicture[];
}

/** The pictures of a group. */
export function Gallery({ evaluation, pictures }: GalleryProps) {
  const visited = useStudio((studio) => studio.visited);
  const visiting = useStudio((studio) => studio.visiting);
  const { scrolled, keepScrolled, visit } = useStudio.getState();
  if (pictures.length === 0) return <p className="faint">None.</p>;
  return (
    <PictureGrid
      keys={pictures.map(({ name }) => name)}
      least={LEAST}
      visited={visited}
      scrolled={scrolled}
      onScrolled={keepScrolled}
      onOpen={(place) => void visit(pictures[place] as EvaluatedPicture)}
    >
      {(place, button) => {
        const picture = pictures[place] as EvaluatedPicture;
        return (
          <GalleryPicture
            evaluation={evaluation}
            picture={picture}
            place={place}
            isVisited={picture.name === visited}
            isOpening={picture.name === visiting}
            {...button}
          />
        );
      }}
    </PictureGrid>
  );
}
