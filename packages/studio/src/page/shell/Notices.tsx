import type { CSSProperties } from "react";
import { IconButton } from "../parts/IconButton.js";
import type { Notice, Spot } from "../store/notices.js";
import { useStudio } from "../store/studio.js";
import "./notices.css";

/** What went wrong, next to where it did. */
export function Notices() {
  const notices = useStudio((studio) => studio.notices);
  const placed = notices.filter(({ spot }) => spot);
  return (
    <section aria-label="Messages" aria-live="assertive">
      <Pile notices={placed} spot={placed.at(-1)?.spot} />
      <Pile notices={notices.filter(({ spot }) => !spot)} spot={undefined} />
    </section>
  );
}

interface PileProps {
  readonly notices: readonly Notice[];
  /** Undefined for the lower edge of the window. */
  readonly spot: Spot | undefined;
}

/** Messages, one below the other. */
function Pile({ notices, spot }: PileProps) {
  const dismiss = useStudio((studio) => studio.dismiss);
  return (
    <div
      className="notices"
      data-placed={spot ? true : undefined}
      style={spot && ({ "--x": `${spot.x}px`, "--y": `${spot.y}px`, "--count": notices.length } as CSSProperties)}
    >
      {notices.map(({ id, kind, text }) => (
        <div key={id} className="notice" data-kind={kind}>
          <p>{text}</p>
          <IconButton icon="close" name="Close this message" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
