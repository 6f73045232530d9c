import type { ReactNode } from "react";
import { Icon } from "../parts/Icon.js";
import { IconButton } from "../parts/IconButton.js";
import "./trail.css";

interface TrailBarProps {
  /** What the pictures are together. */
  readonly name: string;
  /** The place of the one that is open, from 0. */
  readonly at: number;
  readonly count: number;
  /** Whether another one is being opened. */
  readonly isBusy: boolean;
  readonly onBack: () => void;
  readonly onGo: (place: number) => void;
  readonly children?: ReactNode;
}

/** The way back from a picture to where it was chosen, and on to the next one. */
export function TrailBar({ name, at, count, isBusy, onBack, onGo, children }: TrailBarProps) {
  const step = (by: number, words: string, icon: "left" | "right") => {
    const isThere = at + by >= 0 && at + by < count;
    return (
      <IconButton
        icon={icon}
        name={words}
        // stays in place while the next one is opened, and keeps the focus
        aria-disabled={isBusy || !isThere}
        onClick={() => isThere && onGo(at + by)}
      />
    );
  };
  return (
    <nav className="trail" aria-label="Pictures of the group">
      <button type="button" className="button quiet" onClick={onBack}>
        <Icon name="left" /> {name}
      </button>
      {step(-1, "Previous picture", "left")}
      <span className="faint" aria-live="polite">
        {at + 1} of {count}
      </span>
      {step(1, "Next picture", "right")}
      {children}
    </nav>
  );
}
