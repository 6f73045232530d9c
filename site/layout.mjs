// The frame around every page: head, navigation, contents of the page, foot.
import { addressOf, PAGES, SECTIONS } from "./contents.mjs";

const REPOSITORY = "https://github.com/limn-explain/limn";

/** The path from one address of the site to another, so that the site works wherever it lies. */
export function relative(from, to) {
  const ups = "../".repeat(from.split("/").length - 1);
  return `${ups}${to}` || "./";
}

export const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A title's words without the marks of Markdown. */
export const plainWords = (title) => title.replaceAll(/[`*\\]/g, "");

/**
 * A whole page.
 * @param page its address, title, HTML, headings; `crumbs` lead to it where the navigation does not
 * @param site what all pages share: titles by source, the packages of the API, whether there is a studio
 */
export function layout(
  { address, title, html, headings = [], source, description, crumbs = "", kind = "guide" },
  site,
) {
  const to = (target) => relative(address, target);
  const name = plainWords(title);
  const isLanding = kind === "landing";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(isLanding ? name : `${name} · Limn`)}</title>
<meta name="description" content="${escaped(description ?? `${name}: a page of Limn's guides`)}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${to("assets/limn.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${to("assets/style.css")}">
<script src="${to("assets/site.js")}" defer></script>
</head>
<body class="${kind}">
<a class="skip" href="#content">Skip to the content</a>
${header(address, kind, site)}
<div class="columns">
${isLanding ? "" : navigation(address, kind, site)}
<main id="content">
${crumbs}
${html}
${isLanding || kind === "api" ? "" : `${neighbors(source, address, site)}<p class="edit"><a href="${REPOSITORY}/edit/main/${source}">Improve this page</a></p>`}
</main>
${isLanding ? "" : contentsOf(headings)}
</div>
<footer><p>Limn is free software under the MIT license. <a href="${REPOSITORY}">Source</a> · <a href="${to("guides/gallery.html")}#the-photos">Licenses of the photos</a> · <a href="${to("guides/changelog.html")}">Changelog</a></p></footer>
</body>
</html>
`;
}

function header(address, kind, { hasApi, hasStudio }) {
  const items = [
    ["guides/first-ten-minutes.html", "Guides", (here) => /^(guides|examples)/.test(here) && !/gallery/.test(here)],
    ["guides/gallery.html", "Gallery", (here) => here === "guides/gallery.html"],
    ...(hasApi ? [["api/index.html", "API", (here) => here.startsWith("api/")]] : []),
    ...(hasStudio ? [["studio/index.html", "Studio", () => false]] : []),
  ];
  const links = items.map(
    ([target, words, isHere]) =>
      `<li><a href="${relative(address, target)}"${isHere(address) ? ' aria-current="true"' : ""}>${words}</a></li>`,
  );
  return `<header class="top"><div>
${kind === "landing" ? "" : '<button class="menu" type="button" popovertarget="pages">Menu</button>'}
<a class="brand" href="${relative(address, "index.html")}"><img src="${relative(address, "assets/limn.svg")}" width="28" height="28" alt="">Limn</a>
<nav aria-label="Site"><ul>${links.join("")}<li><a href="${REPOSITORY}">GitHub</a></li></ul></nav>
<button class="theme" type="button" aria-label="Light or dark">${SUN}</button>
</div></header>`;
}

function navigation(address, kind, site) {
  const sections = kind === "api" ? site.apiSections : SECTIONS.map((section) => guideSection(section, address, site));
  const lists = sections.map(({ title, items }) => {
    const list = items.map(({ target, words, inner = "" }) => `<li>${navLink(address, target, words)}${inner}</li>`);
    return `<h2>${escaped(title)}</h2><ul>${list.join("")}</ul>`;
  });
  return `<nav class="side" id="pages" popover aria-label="Pages">${lists.join("\n")}</nav>`;
}

function guideSection({ title, pages }, address, site) {
  const items = pages.map(({ source, inner = [], ...page }) => {
    const near = [source, ...inner.map((one) => one.source)].some((one) => addressOf(one) === address);
    return {
      target: addressOf(source),
      words: page.title ?? site.titles.get(source),
      inner: near && inner.length > 0 ? innerList(inner, address, site) : "",
    };
  });
  return { title, items };
}

function innerList(inner, address, site) {
  let family;
  const items = inner.map((page) => {
    const head = page.family === family ? "" : `<li class="family">${escaped(page.family)}</li>`;
    family = page.family;
    return `${head}<li>${navLink(address, addressOf(page.source), site.titles.get(page.source))}</li>`;
  });
  return `<ul>${items.join("")}</ul>`;
}

const navLink = (address, target, words) =>
  `<a href="${relative(address, target)}"${target === address ? ' aria-current="page"' : ""}>${escaped(plainWords(words))}</a>`;

/** Links to the headings of a page. */
function contentsOf(headings) {
  if (headings.length < 2) return "";
  const items = headings.map(
    ({ level, slug, title }) => `<li class="level${level}"><a href="#${slug}">${escaped(plainWords(title))}</a></li>`,
  );
  return `<aside class="toc"><nav aria-labelledby="toc"><h2 id="toc">On this page</h2><ul>${items.join("")}</ul></nav></aside>`;
}

/** The pages before and after, in the order of the navigation. */
function neighbors(source, address, { titles }) {
  const i = PAGES.findIndex((page) => page.source === source);
  const link = (page, rel, words) =>
    page &&
    `<a rel="${rel}" href="${relative(address, addressOf(page.source))}"><span>${words}</span>${escaped(plainWords(titles.get(page.source)))}</a>`;
  const links = [link(PAGES[i - 1], "prev", "Before"), link(PAGES[i + 1], "next", "Next")].filter(Boolean);
  return `<nav class="neighbors" aria-label="Neighboring pages">${links.join("")}</nav>`;
}

const SUN = `<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="2"/><path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor"/></svg>`;
