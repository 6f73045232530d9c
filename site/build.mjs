// Builds the site: one folder of pages that works under any path, and from a disk.
//
//   npm run site                       everything, into site/dist
//   node site/build.mjs --no-api       without the API, whose pages take most of the time
//   node site/build.mjs --out FOLDER
//
// The guides are docs/*.md, the API is what typedoc makes of the packages. A studio that has been built is taken in as it is.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { colorMap, methods } from "@limn/core";
import sharp from "sharp";
import { addressOf, PAGES } from "./contents.mjs";
import { escaped, layout, relative } from "./layout.mjs";
import { render } from "./markdown.mjs";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const REPOSITORY = "https://github.com/limn-explain/limn";

/** Where the studio's package leaves its built page. */
const STUDIO = join(ROOT, "packages/studio/dist/page");

/**
 * Builds the site.
 * @param out the folder, which is made empty first
 * @param api whether typedoc's pages are part of it
 * @throws Error if a page is in no section, or links to what is not in the repository
 */
export async function buildSite({ out, api = true }) {
  checkContents();
  rmSync(out, { recursive: true, force: true });
  const texts = new Map(
    ["site/landing.md", ...PAGES.map(({ source }) => source)].map((source) => [source, textOf(source)]),
  );
  const titles = new Map(PAGES.map(({ source, title }) => [source, title ?? titleOf(texts.get(source))]));
  const apiFolder = api ? markdownOfApi() : undefined;
  const sizes = await sizesOfPictures();
  const site = { titles, sizes, hasApi: api, hasStudio: existsSync(STUDIO), apiSections: [] };

  for (const [source, text] of texts) write(out, page(source, text, site));
  if (apiFolder) {
    writeApi(out, apiFolder, site);
    rmSync(apiFolder, { recursive: true });
  }
  copyAssets(out, site);
}

/** A page of docs/ that no section has would be found by nobody. */
function checkContents() {
  const there = ["docs", "docs/methods"].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  );
  const missing = there.filter((source) => !PAGES.some((page) => page.source === source));
  if (missing.length > 0) throw new Error(`${missing.join(", ")}: in no section of site/contents.mjs`);
}

/** An example's page shows its files too. */
function textOf(source) {
  const text = readFileSync(join(ROOT, source), "utf8");
  if (!source.startsWith("examples/") || source === "examples/README.md") return text;
  const folder = join(ROOT, dirname(source));
  const files = readdirSync(folder).filter((name) => /\.(mjs|js|py|html)$/.test(name));
  const languages = { mjs: "js", js: "js", py: "python", html: "html" };
  const shown = files.map((name) => {
    const code = readFileSync(join(folder, name), "utf8");
    return `## ${name}\n\n\`\`\`${languages[name.split(".").at(-1)]}\n${code}\`\`\``;
  });
  return [text, ...shown].join("\n\n");
}

const titleOf = (text) => /^# (.+)$/m.exec(text)?.[1];

function page(source, text, site) {
  const address = addressOf(source);
  const isLanding = source === "site/landing.md";
  const pathOf = (target) => posix.normalize(posix.join(posix.dirname(source), target.split("#")[0]));
  const rendered = render(isLanding ? withParts(text, site) : text, {
    link: (target) => linkFrom(source, address, target),
    sizeOf: (target) => site.sizes.get(pathOf(target)),
    titleOf: (target) => site.titles.get(pathOf(target)),
  });
  return {
    source,
    address,
    html: layout(
      {
        ...rendered,
        address,
        source,
        title: isLanding ? "Limn: why an image classifier decided as it did" : rendered.title,
        kind: isLanding ? "landing" : "guide",
        description: isLanding ? "Limn explains image classifiers in ONNX form, by ONNX nodes" : undefined,
      },
      site,
    ),
  };
}

/** What the landing page takes from elsewhere. */
function withParts(text, { hasStudio }) {
  const thumbnails = Object.values(methods).map(
    ({ name }) =>
      `<li><a href="../docs/methods/${name}.md"><img src="../docs/images/methods/${name}.thumb.webp" width="96" height="96" alt="">${name}</a></li>`,
  );
  return text
    .replace("<!-- studio -->", hasStudio ? `<li><a href="studio/index.html">Open the studio</a></li>` : "")
    .replace("<!-- thumbnails -->", `<ul class="thumbs">${thumbnails.join("\n")}</ul>`);
}

/** Of docs/images, by their paths in the repository, so that pages don't jump as they load. */
async function sizesOfPictures() {
  const pictures = readdirSync(join(ROOT, "docs/images"), { recursive: true, encoding: "utf8" })
    .map((path) => `docs/images/${path.replaceAll("\\", "/")}`)
    .filter((path) => /\.(png|jpg|webp|svg)$/.test(path));
  return new Map(
    await Promise.all(
      pictures.map(async (path) => {
        const { width, height } = await sharp(join(ROOT, path)).metadata();
        return [path, { width, height }];
      }),
    ),
  );
}

/** An address of a page's Markdown as one of the site; what is on no page of it is shown where the source is. */
function linkFrom(source, address, target) {
  if (/^[a-z]+:|^#/.test(target) || target.startsWith("studio/")) return target;
  const [path, anchor] = target.split("#");
  const wanted = posix.normalize(posix.join(posix.dirname(source), path)).replace(/\/$/, "");
  const hash = anchor ? `#${anchor}` : "";
  if (!existsSync(join(ROOT, wanted))) throw new Error(`${source} links to ${target}, which is not there`);
  const readme = `${wanted}/README.md`;
  const known = [wanted, readme].find((one) => PAGES.some((page) => page.source === one));
  if (known) return relative(address, addressOf(known)) + hash;
  const isFolder = !/\.[a-z]+$/.test(wanted) && !/(LICENSE|NOTICE)$/.test(wanted);
  if (wanted.startsWith("docs/images/") && !isFolder)
    return relative(address, `guides/${wanted.slice("docs/".length)}`);
  // a file of the example that the page shows
  if (source.startsWith("examples/") && posix.dirname(wanted) === posix.dirname(source)) {
    return `#${posix.basename(wanted).toLowerCase().replaceAll(".", "")}`;
  }
  return `${REPOSITORY}/${isFolder ? "tree" : "blob"}/main/${wanted}${hash}`;
}

/** The API as Markdown, by typedoc and its plugin, so that its pages have the site's look. */
function markdownOfApi() {
  const folder = mkdtempSync(join(tmpdir(), "limn-api-"));
  const options = {
    plugin: "typedoc-plugin-markdown",
    out: folder,
    entryFileName: "index",
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    expandParameters: true,
    logLevel: "Warn",
    ...Object.fromEntries(
      ["index", "parameters", "properties", "interfaceProperties", "typeDeclaration"].map((of) => [
        `${of}Format`,
        "table",
      ]),
    ),
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  execFileSync(process.execPath, [join(ROOT, "node_modules/typedoc/bin/typedoc"), ...args], {
    cwd: ROOT,
    stdio: "inherit",
  });
  return folder;
}

function writeApi(out, folder, site) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".md"));
  const addressIn = (path) => `api/${path.replace(/\.md$/, ".html")}`;
  site.apiSections.push(...apiSections(files, addressIn));
  for (const path of files) {
    const address = addressIn(path);
    const text = readFileSync(join(folder, path), "utf8");
    const link = (target) => (/^[a-z]+:|^#/.test(target) ? target : target.replace(/\.md(?=#|$)/, ".html"));
    const rendered = render(text, { link });
    const title = path === "index.md" ? "API" : /\/index\.md$/.test(path) ? moduleOf(path) : rendered.title;
    const html = rendered.html.replace(/(<h1[^>]*>)(?:([A-Z][A-Za-z ]+): )?.*?(?=<\/h1>)/, (whole, tag, kind) =>
      kind ? whole.replace(`${kind}: `, `<span class="kind">${kind}</span> `) : `${tag}${escaped(title)}`,
    );
    write(out, {
      address,
      html: layout({ ...rendered, html, title, address, kind: "api", crumbs: crumbs(path, address, files) }, site),
    });
  }
}

/** The name of the module that a page belongs to, as one imports it. */
function moduleOf(path) {
  const [scope, name, part] = path.split("/");
  return `${scope}/${name}${part === "vocabulary" ? `/${part}` : ""}`;
}

/** The page of a module. */
const pageOfModule = (files, path) => {
  const [scope, name, part] = path.split("/");
  return [`${scope}/${name}/${part}/index.md`, `${scope}/${name}/index.md`].find((page) => files.includes(page));
};

function apiSections(files, addressIn) {
  const pages = new Set(files.filter((path) => path.startsWith("@")).map((path) => pageOfModule(files, path)));
  // a package of several modules has a page that only lists them
  const modules = [...pages].filter(
    (page) =>
      ![...pages].some((other) => other !== page && moduleOf(other) === moduleOf(page) && other.length > page.length),
  );
  return [
    { title: "API", items: [{ target: addressIn("index.md"), words: "Packages" }] },
    { title: "Modules", items: modules.sort().map((path) => ({ target: addressIn(path), words: moduleOf(path) })) },
  ];
}

function crumbs(path, address, files) {
  if (path === "index.md" || path.endsWith("/index.md")) return "";
  const target = relative(address, `api/${pageOfModule(files, path).replace(/\.md$/, ".html")}`);
  return `<p class="crumbs"><a href="${relative(address, "api/index.html")}">API</a> / <a href="${target}">${escaped(moduleOf(path))}</a></p>`;
}

function write(out, { address, html }) {
  const path = join(out, address);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, html);
}

function copyAssets(out, { hasStudio }) {
  const assets = join(out, "assets");
  mkdirSync(assets, { recursive: true });
  for (const name of ["site.js", "limn.svg"]) cpSync(join(ROOT, "site", name), join(assets, name));
  for (const weight of [400, 600]) {
    cpSync(
      join(ROOT, `node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`),
      join(assets, `inter-${weight}.woff2`),
    );
  }
  const stops = Array.from({ length: 13 }, (_, i) => `rgb(${colorMap("ember")(i / 12).join(" ")})`);
  const style = readFileSync(join(ROOT, "site/style.css"), "utf8");
  writeFileSync(join(assets, "style.css"), `:root { --ember: linear-gradient(90deg, ${stops.join(", ")}); }\n${style}`);
  cpSync(join(ROOT, "docs/images"), join(out, "guides/images"), { recursive: true });
  if (hasStudio) cpSync(STUDIO, join(out, "studio"), { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { out: { type: "string", default: join(ROOT, "site/dist") }, api: { type: "boolean", default: true } },
    allowNegative: true,
  });
  await buildSite(values);
  console.log(`${values.out}: open ${join(values.out, "index.html")}`);
}
