import type { Spot } from "../store/notices.js";

/** Whether a name is an address, or an id of the Hugging Face hub: what is on the table has names without slashes. */
export const isLink = (name: string): boolean => /^https?:\/\/|^\w[\w.-]*\/\w[\w.-]*$/i.test(name);

/** The place under something on the page, where what is wrong with it is said. */
export function spotUnder(element: Element): Spot {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom + 8 };
}
