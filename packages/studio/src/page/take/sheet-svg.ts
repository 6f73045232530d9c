/** A sheet of maps, as data. */
export interface SheetContent {
  readonly title: string;
  readonly subtitle: string;
  /** Width / height of every picture. */
  readonly shape: number;
  readonly tiles: readonly SheetTile[];
  /** How wide a picture is, and how many stand in a row. Default: 440 pixels, at most 4 */
  readonly tile?: { readonly width: number; readonly columns: number };
  /** The letters: CSS of @font-face with the fonts inside. */
  readonly fonts: string;
}

export interface SheetTile {
  readonly name: string;
  readonly note: string;
  /** What the picture is of, if its name does not say it. */
  readonly title?: string;
  /** The picture, as a data: URL. */
  readonly image: string;
  /** What its colors stand for; undefined for the photo. */
  readonly scale: { readonly low: string; readonly high: string; readonly colors: readonly string[] } | undefined;
}

const PAPER = "#fbfbfa";
const INK = "#1c1d20";
const FAINT = "#6a6965";

const [MARGIN, GAP, HEAD, CAPTION] = [40, 28, 108, 60];

const USUAL_TILE = { width: 440, columns: 4 };

/** Draws a sheet as SVG that needs nothing else. */
export function sheetSvg({ title, subtitle, shape, tiles, tile: size = USUAL_TILE, fonts }: SheetContent): string {
  const columns = Math.min(tiles.length, size.columns);
  const rows = Math.ceil(tiles.length / columns);
  const wide = size.width;
  const high = wide / shape;
  const width = 2 * MARGIN + columns * wide + (columns - 1) * GAP;
  const height = HEAD + rows * (high + CAPTION) + MARGIN;
  const drawn = tiles.map((tile, i) => {
    const x = MARGIN + (i % columns) * (wide + GAP);
    const y = HEAD + Math.floor(i / columns) * (high + CAPTION);
    return tileSvg(tile, i, { x, y, wide, high });
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, system-ui, sans-serif" font-size="15" fill="${INK}">
<style>${fonts}</style>
<rect width="${width}" height="${height}" fill="${PAPER}"/>
<text x="${MARGIN}" y="56" font-size="27" font-weight="600">${escaped(title)}</text>
<text x="${MARGIN}" y="84" fill="${FAINT}">${escaped(subtitle)}</text>
${drawn.join("\n")}
</svg>
`;
}

function tileSvg(
  { name, note, title, image, scale }: SheetTile,
  index: number,
  at: { x: number; y: number; wide: number; high: number },
): string {
  const { x, y, wide, high } = at;
  const below = y + high;
  return [
    `<clipPath id="round${index}"><rect x="${x}" y="${y}" width="${wide}" height="${high}" rx="8"/></clipPath>`,
    `<image x="${x}" y="${y}" width="${wide}" height="${high}" clip-path="url(#round${index})" preserveAspectRatio="none" href="${image}"/>`,
    `<text x="${x}" y="${below + 24}" font-weight="600">${escaped(name)}</text>`,
    `<text x="${x + wide}" y="${below + 24}" text-anchor="end" font-size="13" fill="${FAINT}">${escaped(note)}</text>`,
    ...(title ? [`<text x="${x}" y="${below + 42}" font-size="12" fill="${FAINT}">${escaped(title)}</text>`] : []),
    ...(scale ? [scaleSvg(scale, index, x, below + 40)] : []),
  ].join("\n");
}

function scaleSvg({ low, high, colors }: NonNullable<SheetTile["scale"]>, index: number, x: number, y: number): string {
  const stops = colors.map((color, i) => `<stop offset="${i / (colors.length - 1)}" stop-color="${color}"/>`).join("");
  return [
    `<linearGradient id="scale${index}">${stops}</linearGradient>`,
    `<rect x="${x}" y="${y - 5}" width="150" height="5" rx="2.5" fill="url(#scale${index})"/>`,
    `<text x="${x + 160}" y="${y + 1}" font-size="12" fill="${FAINT}">${escaped(low)} to ${escaped(high)}</text>`,
  ].join("\n");
}

/** Text as XML and HTML have it. */
export const escaped = (text: string): string =>
  text
    // XML has no way to write these
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
