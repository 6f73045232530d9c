import { Popover } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

interface PopupProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly title: string;
  readonly children: ReactNode;
  readonly align?: "start" | "center" | "end";
  readonly side?: "top" | "bottom";
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
}

/** What a button opens next to itself; the rest of the page stays in use. */
export function Popup({ trigger, title, children, align = "start", side = "bottom", open, onOpenChange }: PopupProps) {
  return (
    <Popover.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner sideOffset={8} align={align} side={side} collisionPadding={12} className="popup-place">
          <Popover.Popup className="popup">
            <Popover.Title className="unseen">{title}</Popover.Title>
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
