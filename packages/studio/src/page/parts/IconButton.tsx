import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./Icon.js";

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: IconName;
  /** What it does, for those who can't see the drawing. */
  readonly name: string;
}

/** A quiet button with a drawing on it. */
export const IconButton = ({ icon, name, ...more }: IconButtonProps) => (
  <button type="button" className="button quiet icon" aria-label={name} title={name} {...more}>
    <Icon name={icon} />
  </button>
);
