import { COLOR_MAPS, type ColorMapName, colorMap } from "@limn/core";

/** How many colors a bar's gradient is given by: the paths are smooth. */
const STOPS = 12;

/** A color map as a CSS gradient from left to right. */
function gradientOf(name: ColorMapName): string {
  const color = colorMap(name);
  const stops = Array.from({ length: STOPS }, (_, i) => `rgb(${color(i / (STOPS - 1)).join(" ")})`);
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

const BARS = COLOR_MAPS.map((name) => `.bar.${name} { background: ${gradientOf(name)}; }`).join("\n");

/** The style sheet of all reports: light and dark, screen and paper; it loads nothing. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #14161b);
  --panel: light-dark(#f5f5f2, #1d2027);
  --ink: light-dark(#171c26, #e8e9ea);
  --faint: light-dark(#5b6474, #a3abb8);
  --line: light-dark(#dcdcd7, #343943);
  --accent: light-dark(#a83c06, #ff9c57);
  --cool: light-dark(#1f5fa8, #7db7f5);
  --quiet: light-dark(#8a919d, #7d8593);
  --heat: light-dark(#e07a35, #b4581c);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  -webkit-print-color-adjust: exact;
  print-color-adjust: exact;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); }
header, main, footer { max-width: 1200px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 28px; }
main { padding-bottom: 40px; }
footer { color: var(--faint); font-size: 13px; padding-bottom: 40px; }
.about { color: var(--faint); margin: 0 0 4px; max-width: none; overflow-wrap: anywhere; }
h1 { font-size: 30px; font-weight: 650; line-height: 1.2; margin: 0 0 12px; letter-spacing: -0.015em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 20px; font-weight: 650; margin: 48px 0 4px; letter-spacing: -0.005em; }
h3 { font-size: 16px; font-weight: 650; margin: 28px 0 6px; overflow-wrap: anywhere; }
h4 { font-size: 14px; font-weight: 600; margin: 14px 0 6px; }
h3 + p, h2 + p { margin-top: 0; }
p { margin: 4px 0 12px; max-width: 74ch; }
.faint, caption, figcaption, .ends { color: var(--faint); font-weight: 400; }
a { color: var(--accent); }
b, strong { font-weight: 650; }
ul { max-width: 90ch; padding-left: 20px; }
.verdict { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 12px 48px; align-items: start; }
.verdict > :only-child { grid-column: 1 / -1; }
.verdict p { margin: 0 0 8px; font-size: 16px; }
.verdict p.test { margin-top: 14px; font-size: 13px; color: var(--faint); }
.verdict .intervals { margin-top: 0; }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 99px; padding: 0 8px; font-size: 12.5px; line-height: 19px; white-space: nowrap; font-weight: 600; }
.judged { display: inline-block; white-space: nowrap; margin-right: 14px; }
.good { color: var(--accent); }
.bad { color: var(--cool); }
.open { color: var(--faint); }

table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 10px 0; }
caption { text-align: left; padding-bottom: 6px; font-size: 14px; min-width: min(40ch, calc(100vw - 48px)); max-width: min(90ch, calc(100vw - 48px)); }
th, td { padding: 6px 14px 6px 0; text-align: right; border-bottom: 1px solid var(--line); vertical-align: baseline; }
thead th { font-weight: 600; vertical-align: bottom; line-height: 1.25; font-size: 13px; }
th:first-child, td:first-child, .words th, .words td { text-align: left; }
th[scope=row] { font-weight: 500; }
td { white-space: nowrap; }
.words td, .words th[scope=row] { white-space: normal; }
.words td.short { white-space: nowrap; }
.measures { font-size: 14px; }
.measures th, .measures td { padding-right: 12px; }
.measures small { font-size: 11.5px; }
td small { display: block; color: var(--faint); line-height: 1.3; }
td.best b { color: var(--accent); }
tbody th.group { color: var(--faint); font-weight: 600; padding-top: 18px; }
tr.baseline th, tr.baseline td { color: var(--faint); }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.scroll.more th[scope=row], .scroll.more thead th:first-child { position: sticky; left: 0; background: var(--ground); z-index: 1; }
.scroll.more { mask-image: linear-gradient(to right, #000 calc(100% - 36px), #0004); }
.scroll.more.end { mask-image: none; }
.hint { display: none; color: var(--faint); font-size: 13px; margin: 10px 0 -6px; }
.hint.on { display: block; }

.heat td { padding: 0; border: 1px solid var(--ground); text-align: center; min-width: 44px; height: 30px; font-size: 13px; }
.heat th { padding: 2px 10px 2px 0; font-weight: 500; border: 0; font-size: 14px; }
.heat thead th { text-align: center; vertical-align: bottom; padding: 4px 0; font-size: 13px; }
.heat thead th:first-child { text-align: left; }
.heat thead th span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 150px; overflow: hidden; text-overflow: ellipsis; line-height: 1.2; }
.heat td a { display: block; color: inherit; text-decoration: none; line-height: 30px; }
.heat td a:hover { text-decoration: underline; }
.heat td.noise { color: var(--faint); }
.heat td.noise::before { content: "≈ "; }
.key { display: inline-flex; align-items: center; gap: 8px; font-size: 13px; color: var(--faint); margin: 0 0 8px; }
.key i { width: 120px; height: 10px; border-radius: 2px; background: linear-gradient(to right, var(--panel), color-mix(in srgb, var(--heat) 70%, var(--panel))); }

.intervals { width: 100%; font-size: 14px; }
.intervals th, .intervals td { padding: 5px 12px 5px 0; vertical-align: middle; }
.intervals th[scope=row] { overflow-wrap: break-word; }
.verdict .intervals th[scope=row] { max-width: 24ch; }
.intervals thead .stands { text-align: left; }
.intervals .plot { width: 40%; min-width: 110px; padding-right: 16px; }
.intervals td small { display: inline; white-space: nowrap; }
.intervals tr.first th, .intervals tr.first b { color: var(--accent); }
.intervals td:last-child { text-align: left; padding-right: 0; }
.track { position: relative; height: 18px; }
.track i { position: absolute; display: block; }
.track .zone { top: -5px; bottom: -5px; background: color-mix(in srgb, var(--heat) 20%, transparent); }
.track .mark { top: -5px; bottom: -5px; width: 0; border-left: 1.5px dashed var(--quiet); }
.track .span { top: 8px; height: 2.5px; min-width: 1px; background: var(--quiet); }
.track .dot { top: 4px; width: 10px; height: 10px; margin-left: -5px; border-radius: 50%; background: var(--quiet); }
.first .span, .first .dot, .same .span, .same .dot, .good .span, .good .dot { background: var(--accent); }
.noise .dot { background: var(--ground); border: 2.5px solid var(--accent); }
.noise .span { background: var(--accent); opacity: 0.6; }
.bad .span, .bad .dot { background: var(--cool); }
.axis { display: flex; justify-content: space-between; font-size: 12px; color: var(--faint); }

.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); gap: 20px 28px; margin: 12px 0; }
figure { margin: 0; min-width: 0; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { fill: var(--faint); font-size: 12px; }
svg .name { fill: var(--ink); }
svg .axis-line { stroke: var(--line); }
svg .box { fill: color-mix(in srgb, var(--heat) 22%, transparent); stroke: var(--heat); }
svg .whisker, svg .middle { stroke: var(--heat); }
svg .middle { stroke-width: 2; }

.strip { display: grid; grid-template-columns: repeat(var(--tiles), minmax(0, 190px)); gap: 10px 12px; margin: 10px 0 22px; }
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(116px, 1fr)); gap: 12px; margin: 8px 0 4px; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(262px, 100%), 1fr)); gap: 14px 18px; margin: 8px 0 4px; }
.trio { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 6px; }
.shown { break-inside: avoid; font-size: 13px; line-height: 1.35; }
.shown img { width: 100%; height: auto; display: block; border-radius: 4px; background: var(--panel); }
.shown > img + img, .shown > img + .bar { margin-top: 4px; }
.shown .lined { position: relative; }
.shown .lined svg { position: absolute; inset: 0; height: 100%; }
.lined polyline { fill: none; stroke: #fff; stroke-width: 1.4; paint-order: stroke; vector-effect: non-scaling-stroke; }
.lined polyline.edge { stroke: #000; stroke-opacity: 0.55; stroke-width: 3.2; }
.shown figcaption { margin-top: 3px; overflow-wrap: anywhere; }
.shown figcaption b { color: var(--ink); font-weight: 600; }
.blank { display: grid; place-items: center; aspect-ratio: 1; background: var(--panel); border-radius: 4px; padding: 8px; color: var(--faint); font-size: 12.5px; text-align: center; overflow: hidden; }
.bar { height: 6px; border-radius: 2px; margin-top: 5px; }
${BARS}
.ends { display: flex; justify-content: space-between; gap: 6px; font-size: 12px; line-height: 1.3; font-variant-numeric: tabular-nums; }
.sweep td { text-align: left; vertical-align: top; padding: 8px 12px 8px 0; min-width: 132px; white-space: normal; }
.sweep th { text-align: left; vertical-align: top; min-width: 88px; overflow-wrap: break-word; }

details { border-bottom: 1px solid var(--line); padding: 8px 0; }
summary { cursor: pointer; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 20px; }
dt { font-weight: 600; }
dd { margin: 0; max-width: 80ch; }
code { font-size: 13px; overflow-wrap: anywhere; }

@media (max-width: 860px) {
  .verdict { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 560px) {
  header, main, footer { padding-left: 16px; padding-right: 16px; }
  h1 { font-size: 24px; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 8px; }
  .strip, .pairs { grid-template-columns: repeat(var(--narrow, 3), minmax(0, 1fr)); gap: 12px 8px; }
  .words td:not(.short), .words th[scope=row] { min-width: 17ch; }
  .intervals .plot { min-width: 72px; padding-right: 0; }
  .intervals .stands { display: none; }
}
@page { margin: 13mm; }
@media print {
  :root { color-scheme: light; font-size: 11px; }
  header, main, footer { max-width: none; padding: 0; }
  h1 { font-size: 22px; }
  h2 { font-size: 16px; margin-top: 24px; }
  h3 { font-size: 13px; margin-top: 16px; }
  h4, p, .verdict p, caption, .intervals { font-size: 11px; }
  .verdict p.test, .key, .axis { font-size: 9px; }
  h2, h3, h4, summary, caption, .key { break-after: avoid; }
  p:has(+ .strip), p:has(+ .pairs), p:has(+ .mistakes) { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { list-style: none; }
  .scroll, .scroll.more { overflow: visible; mask-image: none; }
  .scroll.more th[scope=row] { position: static; }
  .hint.on { display: none; }
  table { font-size: 10px; }
  .measures { font-size: 8.5px; }
  caption { min-width: 60ch; max-width: 100ch; }
  .measures small, thead th { font-size: 7.5px; }
  .measures th, .measures td { padding: 3px 5px 3px 0; }
  .heat td { min-width: 22px; height: 20px; font-size: 8px; }
  .heat th, .heat thead th { font-size: 8.5px; }
  .heat td a { line-height: 20px; }
  .plots { grid-template-columns: repeat(3, 1fr); gap: 10px 16px; }
  .strip { grid-template-columns: repeat(var(--tiles), minmax(0, 110px)); gap: 6px; }
  .pairs { grid-template-columns: repeat(8, 1fr); gap: 6px; }
  .mistakes { grid-template-columns: repeat(3, 1fr); }
  .shown, .ends, .shown figcaption { font-size: 8px; }
  .sweep td { min-width: 0; padding: 4px; }
  figure, tr { break-inside: avoid; }
  .scroll { break-inside: auto; }
}
`;

/** Shows which tables scroll, and opens what is folded when the page is printed by a browser that needs it. */
export const SCRIPT = `
const areas = document.querySelectorAll(".scroll");
const look = () => {
  for (const area of areas) {
    const more = area.scrollWidth > area.clientWidth + 1;
    area.classList.toggle("more", more);
    area.classList.toggle("end", area.scrollLeft + area.clientWidth >= area.scrollWidth - 2);
    area.previousElementSibling.classList.toggle("on", more);
    // only what scrolls is worth a stop of the tab key
    area.toggleAttribute("tabindex", more);
    if (more) area.tabIndex = 0;
  }
};
for (const area of areas) area.addEventListener("scroll", look, { passive: true });
addEventListener("resize", look);
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});
look();
`;
