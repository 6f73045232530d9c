import { Popover } from "@base-ui/react/popover";
import { type ReactElement, type ReactNode, Suspense, useState } from "react";
import { Guard } from "./Guard.js";

export interface PopupProps {
  /** The button that opens it. */
  readonly trigger: ReactElement<TriggerProps>;
  readonly title: string;
  readonly children: ReactNode | ((close: () => void) => ReactNode);
  /** Loads the code of what is in it, as soon as somebody is about to open it. */
  readonly load?: () => Promise<unknown>;
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

/** A popup that was opened once. */
export default function Overlay({ trigger, title, children, align = "start", side = "bottom" }: PopupProps) {
  const [isOpen, setOpen] = useState(true);
  // a message says what is wrong with what the popup holds: closing it leaves the popup to be corrected
  const change = (open: boolean, { event, cancel }: Popover.Root.ChangeEventDetails) =>
    isOfMessage(event.target) || ("relatedTarget" in event && isOfMessage(event.relatedTarget))
      ? cancel()
      : setOpen(open);
  return (
    <Popover.Root open={isOpen} onOpenChange={change}>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner sideOffset={8} align={align} side={side} collisionPadding={12} className="popup-place">
          <Popover.Popup className="popup">
            <Popover.Title className="unseen">{title}</Popover.Title>
            <Guard>
              <Suspense fallback={<p className="faint">Loading …</p>}>
                {typeof children === "function" ? children(() => setOpen(false)) : children}
              </Suspense>
            </Guard>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

const isOfMessage = (place: EventTarget | null): boolean => place instanceof Element && !!place.closest(".notices");
