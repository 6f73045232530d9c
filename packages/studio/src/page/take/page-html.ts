import { escaped, type SheetContent } from "./sheet-svg.js";

/** A page of what is shown, that needs nothing else. */
export interface PageContent extends Omit<SheetContent, "fonts"> {
  /** The most probable classes, the first first, with what the model says of them. */
  readonly classes: readonly { readonly name: string; readonly certainty: string; readonly share: number }[];
  readonly terminal: string;
  readonly typescript: string;
  /** Facts about the model and how the maps were made, a line each. */
  readonly facts: readonly string[];
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#fbfaf8, #16171a); color: light-dark(#1c1d20, #e9e8e4); }
body { max-width: 1180px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; letter-spacing: -0.015em; margin: 0; }
h2 { font-size: 17px; margin: 40px 0 8px; }
.faint { color: light-dark(#6a6965, #a09f9a); margin: 0; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); gap: 24px; margin-top: 24px; }
figure { margin: 0; }
img { display: block; width: 100%; border-radius: 10px; }
figcaption { display: flex; justify-content: space-between; gap: 8px; padding-top: 6px; }
.scale { display: flex; align-items: center; gap: 8px; font-size: 12px; }
.scale i { height: 4px; width: 120px; border-radius: 2px; }
table { border-collapse: collapse; }
td { padding: 3px 16px 3px 0; font-variant-numeric: tabular-nums; }
meter { width: 160px; }
pre { overflow-x: auto; padding: 12px 16px; border-radius: 10px; background: light-dark(#f1efeb, #202226); font-size: 13px; }
`;

export function pageHtml({ title, subtitle, tiles, classes, terminal, typescript, facts }: PageContent): string {
  const figures = tiles.map(
    ({
      name,
      note,
      title,
      image,
      scale,
    }) => `<figure><img src="${image}" alt="${escaped(title ? `${title}, ${name}` : name)}">
<figcaption><b>${escaped(name)}</b><span class="faint">${escaped(note)}</span></figcaption>
${scale ? `<div class="scale faint">${escaped(scale.low)}<i style="background: linear-gradient(to right, ${scale.colors.join(", ")})"></i>${escaped(scale.high)}</div>` : ""}</figure>`,
  );
  const rows = classes.map(
    ({ name, certainty, share }) =>
      `<tr><td>${escaped(name)}</td><td><meter value="${share}" aria-label="${escaped(name)}"></meter></td><td>${escaped(certainty)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<h1>${escaped(title)}</h1>
<p class="faint">${escaped(subtitle)}</p>
<div class="maps">
${figures.join("\n")}
</div>
${rows.length > 0 ? `<h2>What the model says</h2>\n<table>\n${rows.join("\n")}\n</table>` : ""}
<h2>The same again</h2>
<pre>${escaped(terminal)}</pre>
<pre>${escaped(typescript)}</pre>
${facts.map((fact) => `<p class="faint">${escaped(fact)}</p>`).join("\n")}
</html>
`;
}
