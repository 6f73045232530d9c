import type { SheetOrder } from "../sheet-orders.js";
import type { SheetGlance, SheetPhoto } from "../store/sheet.js";

/** Photos in an order in which one looks for something; those that the model has said nothing of yet come last. */
export function inOrder(
  photos: readonly SheetPhoto[],
  glances: ReadonlyMap<string, SheetGlance>,
  order: SheetOrder,
): readonly SheetPhoto[] {
  if (order === "given") return photos;
  const said = ({ key }: SheetPhoto) => {
    const glance = glances.get(key);
    return glance && "image" in glance ? glance : undefined;
  };
  return [...photos].sort((one, two) => {
    const [a, b] = [said(one), said(two)];
    if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
    if (order === "unsure") return a.probability - b.probability;
    return (order === "class" ? a.target - b.target : 0) || b.probability - a.probability;
  });
}
