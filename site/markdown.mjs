// Markdown to HTML, with GitHub's anchors: markdown-it reads it, shiki colors code.
import GithubSlugger from "github-slugger";
import MarkdownIt from "markdown-it";
import anchor from "markdown-it-anchor";
import { createCssVariablesTheme, createHighlighter } from "shiki";

const LANGUAGES = ["sh", "js", "ts", "tsx", "html", "json", "python", "csv"];

const theme = createCssVariablesTheme({ name: "limn", variablePrefix: "--code-" });
const highlighter = await createHighlighter({ themes: [theme], langs: LANGUAGES });

/** A picture that is wider than this many times its height is a row of several. */
const STRIP = 2.5;

/** Highlighted code, which can be copied. */
function codeBlock(code, language = "") {
  const lang = LANGUAGES.includes(language) ? language : "text";
  return `<div class="code">${highlighter.codeToHtml(code.trimEnd(), { lang, theme: "limn" })}</div>`;
}

/**
 * Renders a page.
 * @param text Markdown, with HTML in it
 * @param link where an address of the page leads to on the site
 * @param sizeOf width and height of a picture, in pixels, by its address in the page; undefined if they are not known
 * @param titleOf the title of the page that an address leads to, for links that only name a file
 * @returns the HTML; the title, which is the first heading's text; and the headings of level 2 and 3 with their ids
 */
export function render(text, { link, sizeOf = () => undefined, titleOf = () => undefined }) {
  const slugger = new GithubSlugger();
  const headings = [];
  const markdown = new MarkdownIt({ html: true }).use(anchor, {
    slugify: (words) => slugger.slug(words),
    getTokensText: (tokens) => tokens.map(({ content }) => content).join(""),
    tabIndex: false,
    callback: (token, { slug, title }) => headings.push({ level: Number(token.tag.slice(1)), slug, title }),
  });
  const { rules } = markdown.renderer;

  rules.code_block = (tokens, i) => codeBlock(tokens[i].content);
  rules.fence = (tokens, i) => codeBlock(tokens[i].content, tokens[i].info.trim());
  rules.link_open = (tokens, i, options, _, self) => {
    const target = tokens[i].attrGet("href");
    const text = tokens[i + 1];
    if (text.type === "text" && /^[\w/-]+\.md$/.test(text.content)) text.content = titleOf(target) ?? text.content;
    tokens[i].attrSet("href", link(target));
    return self.renderToken(tokens, i, options);
  };
  rules.image = (tokens, i, options, env, self) => {
    const token = tokens[i];
    const target = token.attrGet("src");
    token.attrSet("src", link(target));
    token.attrSet("alt", self.renderInlineAsText(token.children, options, env));
    token.attrSet("loading", "lazy");
    const { width, height } = sizeOf(target) ?? {};
    if (!width) return self.renderToken(tokens, i, options);
    token.attrSet("width", String(width));
    token.attrSet("height", String(height));
    const html = self.renderToken(tokens, i, options);
    // a strip of several pictures is scrolled where it would be too small
    return width > STRIP * height
      ? `<span class="strip" tabindex="0" role="group" aria-label="Pictures">${html}</span>`
      : html;
  };
  rules.html_inline = rules.html_block = (tokens, i) =>
    tokens[i].content
      .replaceAll(/<!--.*?-->\n?/gs, "")
      .replaceAll(/\b(href|src)="([^"]+)"/g, (_, attribute, target) => `${attribute}="${link(target)}"`);

  // a cell without words heads nothing
  rules.th_open = (tokens, i, options, _, self) => {
    if (tokens[i + 1].content === "") tokens[i].tag = tokens[i + 2].tag = "td";
    return self.renderToken(tokens, i, options);
  };
  // wide tables are scrolled, by keys too
  rules.table_open = () => `<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>`;
  rules.table_close = () => "</table></div>\n";
  markdown.core.ruler.push("figures", picturesAsFigures);
  rules.figures = (tokens, i, options, env, self) => {
    const figures = tokens[i].meta.map(
      ({ picture, words }) =>
        `<figure>${self.renderInline(picture, options, env)}<figcaption>${self.renderInline(words, options, env)}</figcaption></figure>`,
    );
    return `<div class="pictures">${figures.join("")}</div>\n`;
  };

  const html = markdown.render(text);
  return {
    html,
    title: headings.find(({ level }) => level === 1)?.title ?? "",
    headings: headings.filter(({ level }) => level === 2 || level === 3),
  };
}

/** A table of one row that holds only pictures becomes figures, with the head's words as captions, that flow as there is room. */
function picturesAsFigures({ tokens, Token }) {
  for (let start = 0; start < tokens.length; start++) {
    if (tokens[start].type !== "table_open") continue;
    const end = tokens.findIndex(({ type }, i) => i > start && type === "table_close");
    const cells = tokens.slice(start, end).filter(({ type }) => type === "inline");
    const [heads, pictures] = [cells.slice(0, cells.length / 2), cells.slice(cells.length / 2)];
    const isPicture = ({ children }) => children.length === 1 && children[0].type === "image";
    if (heads.length !== pictures.length || !pictures.every(isPicture)) continue;
    const figures = new Token("figures", "", 0);
    figures.meta = pictures.map(({ children }, i) => ({ picture: children, words: heads[i].children }));
    tokens.splice(start, end - start + 1, figures);
  }
}
