import type { CSSProperties } from "react";
import { Icon } from "../parts/Icon.js";
import { useStudio } from "../store/studio.js";
import "./notices.css";

/** What went wrong, next to where it did. */
export function Notices() {
  const notices = useStudio((studio) => studio.notices);
  const dismiss = useStudio((studio) => studio.dismiss);
  return (
    <section className="notices" aria-label="Messages" aria-live="assertive">
      {notices.map(({ id, kind, text, spot }) => (
        <div
          key={id}
          className="notice"
          data-kind={kind}
          data-placed={spot ? true : undefined}
          style={spot && ({ "--x": `${spot.x}px`, "--y": `${spot.y}px` } as CSSProperties)}
        >
          <p>{text}</p>
          <button
            type="button"
            className="button quiet icon"
            aria-label="Close this message"
            onClick={() => dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
