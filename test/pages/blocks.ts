import { readFileSync } from "node:fs";
import MarkdownIt from "markdown-it";

/** A block of code of a page. */
export interface Block {
  /** From 1, where the code begins. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** What `<!-- skip: ... -->` directly above it says: why it can't run in a test. */
  readonly skip: string | undefined;
  /** A file of the repository that holds the code, as `<!-- file: ... -->` directly above it says. */
  readonly file: string | undefined;
  /** Modules of Python that `<!-- needs: ... -->` directly above it names. */
  readonly needs: readonly string[];
}

/** The blocks of code of a Markdown file that say in which language they are, in order. */
export function blocksOf(path: string): Block[] {
  const tokens = new MarkdownIt({ html: true }).parse(readFileSync(path, "utf8"), {});
  return tokens.flatMap((token, i) => {
    const language = token.info.trim();
    if (token.type !== "fence" || language === "") return [];
    const above = tokens[i - 1]?.type === "html_block" ? (tokens[i - 1]?.content ?? "") : "";
    const said = (key: string) => new RegExp(`<!-- ${key}: (.+?) -->\\s*$`).exec(above)?.[1];
    return {
      line: (token.map?.[0] ?? 0) + 2,
      language,
      code: token.content,
      skip: said("skip"),
      file: said("file"),
      needs: said("needs")?.split(", ") ?? [],
    };
  });
}
