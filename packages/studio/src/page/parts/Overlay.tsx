import { Popover } from "@base-ui/react/popover";
import { Suspense, useState } from "react";
import type { PopupProps } from "./Popup.js";

/** A popup that was opened once. */
export default function Overlay({ trigger, title, children, align = "start", side = "bottom" }: PopupProps) {
  const [isOpen, setOpen] = useState(true);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner sideOffset={8} align={align} side={side} collisionPadding={12} className="popup-place">
          <Popover.Popup className="popup">
            <Popover.Title className="unseen">{title}</Popover.Title>
            <Suspense fallback={null}>
              {typeof children === "function" ? children(() => setOpen(false)) : children}
            </Suspense>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
