import { cloneElement, lazy, Suspense, useState } from "react";
import type { PopupProps } from "./Overlay.js";
import { patiently } from "./patiently.js";

const loadOverlay = patiently(() => import("./Overlay.js"));
const Overlay = lazy(loadOverlay);

/**
 * What a button opens next to itself; the rest of the page stays in use. Its code is loaded when somebody is about to open
 * the first one.
 */
export function Popup(props: PopupProps) {
  const [wasOpened, setOpened] = useState(false);
  const prepare = () => {
    void loadOverlay();
    void props.load?.();
  };
  const closed = cloneElement(props.trigger, {
    onClick: () => setOpened(true),
    onPointerEnter: prepare,
    onFocus: prepare,
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
