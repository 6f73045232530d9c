/** The report's own style sheet: light and dark, screen and paper; it loads nothing. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfaf8, #16171a);
  --panel: light-dark(#ffffff, #1e2024);
  --ink: light-dark(#1c1d20, #e9e8e4);
  --faint: light-dark(#6d6c68, #9b9a95);
  --line: light-dark(#e3e0da, #33363c);
  --accent: light-dark(#b3480e, #ff9a52);
  --heat: light-dark(#d9651b, #e8762a);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); }
main { max-width: 1180px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 48px 0 4px; letter-spacing: -0.005em; }
h3 { font-size: 15px; margin: 24px 0 8px; }
p { margin: 4px 0 12px; max-width: 76ch; }
.faint, caption, figcaption, .ends { color: var(--faint); }
a { color: var(--accent); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 12px 0; }
caption { text-align: left; padding-bottom: 6px; }
th, td { padding: 6px 14px 6px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); vertical-align: baseline; }
thead th { font-weight: 600; }
th:first-child, td:first-child { text-align: left; }
th[scope=row] { font-weight: 500; }
.measures { font-size: 13px; }
.measures th, .measures td { padding-right: 9px; }
.measures thead th { white-space: normal; vertical-align: bottom; line-height: 1.25; }
.measures small { font-size: 11px; }
td small { display: block; color: var(--faint); line-height: 1.3; }
td.best b { color: var(--accent); }
td b { font-weight: 600; }
.heat td { padding: 0; border: 1px solid var(--ground); text-align: center; min-width: 44px; height: 30px; font-size: 13px; }
.heat th { padding: 2px 10px 2px 0; font-weight: 500; border: 0; }
.heat thead th { text-align: center; vertical-align: bottom; padding: 4px 0; font-size: 12px; }
.heat thead th span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 150px; overflow: hidden; text-overflow: ellipsis; line-height: 1.2; }
.heat td a { display: block; color: inherit; text-decoration: none; line-height: 30px; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 20px 28px; margin: 12px 0; }
figure { margin: 0; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { fill: var(--faint); font-size: 11px; }
svg .name { fill: var(--ink); }
svg .axis { stroke: var(--line); }
svg .box { fill: color-mix(in srgb, var(--heat) 22%, transparent); stroke: var(--heat); }
svg .whisker, svg .middle { stroke: var(--heat); }
svg .middle { stroke-width: 2; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 16px; margin: 12px 0; }
.gallery.wide { grid-template-columns: repeat(auto-fill, minmax(440px, 1fr)); }
.shown { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 8px; break-inside: avoid; }
.shown .pictures { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 6px; }
.shown img { width: 100%; aspect-ratio: 1; display: block; border-radius: 4px; }
.shown .pictures span { display: block; font-size: 12.5px; line-height: 1.35; margin-top: 3px; overflow-wrap: anywhere; }
.shown figcaption { font-size: 12.5px; line-height: 1.4; margin-top: 4px; overflow-wrap: anywhere; }
details { border-bottom: 1px solid var(--line); padding: 8px 0; }
summary { cursor: pointer; }
summary .counts { color: var(--faint); margin-left: 8px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 20px; }
dt { font-weight: 600; }
dd { margin: 0; max-width: 80ch; }
code { font-size: 13px; overflow-wrap: anywhere; }
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; --ground: #ffffff; font-size: 11px; }
  main { max-width: none; padding: 0; }
  h2, h3, summary { break-after: avoid; }
  details:not([open]) > summary { list-style: none; }
  .scroll { overflow: visible; }
  .measures { font-size: 9px; }
  .measures small { font-size: 7px; }
  .measures th, .measures td { padding: 3px 6px 3px 0; }
  .heat td { min-width: 24px; height: 20px; font-size: 8px; }
  .heat td a { line-height: 20px; }
  .plots { grid-template-columns: repeat(3, 1fr); }
  .gallery { grid-template-columns: repeat(4, 1fr); }
  .gallery.wide { grid-template-columns: repeat(2, 1fr); }
  figure, tr { break-inside: avoid; }
}
`;

/** Opens the gallery that the page's address names, and galleries whose links are followed. */
export const SCRIPT = `
const open = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") target.open = true;
};
addEventListener("hashchange", open);
open();
`;
