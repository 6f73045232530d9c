import type { Grid } from "@limn/core";

const ROWS = ["upper", "", "lower"];
const COLUMNS = ["left", "", "right"];

/**
 * Where a map is strongest, in words: "upper right", "center", or "nowhere" if nothing is above zero. The place is the
 * middle of the ninth of the map that holds most of what is above zero.
 */
export function strongestAt({ width, height, data }: Grid): string {
  const sums = new Float64Array(9);
  data.forEach((value, i) => {
    if (!(value > 0)) return;
    const column = Math.floor((((i % width) + 0.5) * 3) / width);
    const row = Math.floor(((Math.floor(i / width) + 0.5) * 3) / height);
    sums[3 * row + column] = (sums[3 * row + column] as number) + value;
  });
  const most = Math.max(...sums);
  if (!(most > 0)) return "nowhere";
  const at = sums.indexOf(most);
  const words = [ROWS[Math.floor(at / 3)], COLUMNS[at % 3]].filter(Boolean);
  return words.length > 0 ? words.join(" ") : "center";
}

/** A map as a screen reader says it: "Grad-CAM for cat, strongest upper right". */
export const mapName = (method: string, target: string, grid: Grid): string => {
  const place = strongestAt(grid);
  return `${methodName(method)} for ${target}, ${place === "nowhere" ? "nothing above zero" : `strongest ${place}`}`;
};

/** Names that are not just words. */
const WRITTEN: Readonly<Record<string, string>> = {
  cam: "CAM",
  lrp: "LRP",
  clrp: "CLRP",
  rise: "RISE",
  legrad: "LeGrad",
  attn: "Attn",
  cp: "CP",
  grad: "Grad",
  hires: "HiRes",
  plus: "+",
};

/** A method's name as papers write it: "Grad-CAM++", "Integrated gradients". */
export function methodName(method: string): string {
  const words = method.split("-").map((word) => WRITTEN[word] ?? word);
  const joined = words.some((word) => word === "CAM" || word === "LRP")
    ? words.map(capital).join("-")
    : words.join(" ");
  return capital(joined.replaceAll("-+", "+").replaceAll(" +", "+"));
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
