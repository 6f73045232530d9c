// What is on the site, and in which order: every page of docs/, some pages of the root, and the examples.
import { readdirSync } from "node:fs";

const ROOT = new URL("../", import.meta.url);

const examples = readdirSync(new URL("examples/", ROOT), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `examples/${name}/README.md`);

const METHODS = {
  gradients: ["saliency", "guided-backprop", "deconvnet", "smooth-grad", "integrated-gradients"],
  "class activation maps": [
    "cam",
    "grad-cam",
    "grad-cam-plus-plus",
    "x-grad-cam",
    "hires-cam",
    "layer-cam",
    "eigen-cam",
    "score-cam",
  ],
  relevance: ["lrp", "clrp", "relevance-cam"],
  attention: ["rollout", "generic-attention", "transformer-attribution", "attention-grad-cam", "legrad"],
  "hiding parts": ["rise", "occlusion"],
  "class models": ["class-model"],
};

/**
 * The sections of the navigation. A page is a Markdown file of the repository, with a shorter title than its own where
 * that is too long for the navigation; `inner` are pages that are shown below it while one is near them.
 */
export const SECTIONS = [
  {
    title: "Start",
    pages: [
      { source: "docs/install.md" },
      { source: "docs/first-ten-minutes.md" },
      { source: "docs/which-method.md" },
      { source: "docs/gallery.md" },
    ],
  },
  {
    title: "Coming from",
    pages: [
      { source: "docs/from-pytorch-grad-cam.md", title: "pytorch-grad-cam" },
      { source: "docs/from-captum.md", title: "captum" },
      { source: "docs/from-zennit.md", title: "zennit" },
    ],
  },
  {
    title: "Use",
    pages: [
      { source: "docs/command-line.md" },
      { source: "docs/studio.md" },
      { source: "docs/in-a-program.md" },
      { source: "docs/in-a-web-page.md" },
      { source: "docs/in-python.md" },
      { source: "docs/models.md" },
      { source: "docs/preprocessing.md" },
      { source: "docs/analyses.md" },
      { source: "docs/transformers.md" },
      { source: "docs/differentiate.md" },
      { source: "examples/README.md", inner: examples.map((source) => ({ source })) },
    ],
  },
  {
    title: "Methods",
    pages: [
      {
        source: "docs/methods.md",
        title: "All methods",
        inner: Object.entries(METHODS).flatMap(([family, names]) =>
          names.map((name) => ({ source: `docs/methods/${name}.md`, family })),
        ),
      },
      { source: "docs/relevance.md" },
      { source: "docs/design.md" },
    ],
  },
  {
    title: "Can it be trusted?",
    pages: [
      { source: "docs/evaluate.md", title: "Evaluate methods" },
      { source: "docs/measures.md" },
      { source: "docs/data.md" },
      { source: "docs/scenes.md" },
      { source: "docs/queue.md", title: "On many machines" },
      { source: "docs/claims.md", title: "Claims of the literature" },
      { source: "docs/localization.md" },
      { source: "docs/coverage.md" },
    ],
  },
  {
    title: "Inside",
    pages: [
      { source: "docs/architecture.md" },
      { source: "docs/operators.md" },
      { source: "CONTRIBUTING.md" },
      { source: "CHANGELOG.md" },
    ],
  },
];

/** Where a page of the repository is on the site. */
export function addressOf(source) {
  if (source === "site/landing.md") return "index.html";
  if (source.startsWith("examples/")) return `${source.replace("README.md", "index.html")}`;
  const guide = source.startsWith("docs/") ? source.slice("docs/".length) : source.toLowerCase();
  return `guides/${guide.replace(/\.md$/, ".html")}`;
}

/** All pages of the navigation, in its order. */
export const PAGES = SECTIONS.flatMap(({ pages }) => pages.flatMap((page) => [page, ...(page.inner ?? [])]));
