import { cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useState } from "react";

const loadOverlay = () => import("./Overlay.js");
const Overlay = lazy(loadOverlay);

export interface PopupProps {
  /** The button that opens it. */
  readonly trigger: ReactElement<TriggerProps>;
  readonly title: string;
  readonly children: ReactNode | ((close: () => void) => ReactNode);
  readonly align?: "start" | "center" | "end";
  readonly side?: "top" | "bottom";
}

interface TriggerProps {
  readonly onClick?: () => void;
  readonly onPointerEnter?: () => void;
  readonly onFocus?: () => void;
  readonly "aria-haspopup"?: "dialog";
  readonly "aria-expanded"?: boolean;
}

/**
 * What a button opens next to itself; the rest of the page stays in use. Its code is loaded when somebody is about to open
 * the first one.
 */
export function Popup(props: PopupProps) {
  const [wasOpened, setOpened] = useState(false);
  const closed = cloneElement(props.trigger, {
    onClick: () => setOpened(true),
    onPointerEnter: () => void loadOverlay(),
    onFocus: () => void loadOverlay(),
    "aria-haspopup": "dialog",
    "aria-expanded": false,
  });
  if (!wasOpened) return closed;
  return (
    <Suspense fallback={closed}>
      <Overlay {...props} />
    </Suspense>
  );
}
