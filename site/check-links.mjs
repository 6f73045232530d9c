// Whether all links of a folder of pages lead somewhere: files, anchors, pictures, fonts. Nothing is asked of the network.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { Parser } from "htmlparser2";

const ADDRESSES = ["href", "src", "poster"];

/** Attributes that name elements of the same page. */
const NAMES = ["popovertarget", "aria-labelledby", "aria-describedby", "aria-controls"];

/**
 * @param folder with pages that link to each other by relative addresses
 * @returns a line for each link that leads nowhere
 */
export function brokenLinks(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  const pages = new Map(
    files.filter((path) => path.endsWith(".html")).map((path) => [path, readPage(join(folder, path))]),
  );
  const complaints = [];
  for (const [path, { links, ids }] of pages) {
    for (const link of links) {
      const reason = reasonAgainst(link, path, ids);
      if (reason) complaints.push(`${path} links to ${link}: ${reason}`);
    }
  }
  for (const path of files.filter((file) => file.endsWith(".css"))) {
    for (const [, link] of readFileSync(join(folder, path), "utf8").matchAll(/url\("?([^")]+)"?\)/g)) {
      if (!/^(data|#)/.test(link) && !existsSync(join(folder, dirname(path), link)))
        complaints.push(`${path} names ${link}: there is no such file`);
    }
  }
  return complaints;

  function reasonAgainst(link, path, ids) {
    if (/^(https?|mailto|data):/.test(link)) return undefined;
    if (link.startsWith("/")) return "it would lead elsewhere if the site does not lie at the root of its host";
    const [address, anchor] = link.split("#").map(decodeURIComponent);
    const target = address === "" ? path : posix.join(posix.dirname(path), address);
    if (target.startsWith("..")) return "it leads out of the site";
    if (!existsSync(join(folder, target))) return "there is no such file";
    if (statSync(join(folder, target)).isDirectory()) return "it is a folder: name its page";
    const there = address === "" ? ids : pages.get(target)?.ids;
    if (anchor && !there?.has(anchor)) return "there is no such anchor";
    return undefined;
  }
}

function readPage(path) {
  const [links, ids] = [[], new Set()];
  const parser = new Parser({
    onopentag(_, attributes) {
      if (attributes.id) ids.add(attributes.id);
      links.push(...ADDRESSES.flatMap((name) => (attributes[name] === undefined ? [] : [attributes[name]])));
      links.push(...NAMES.flatMap((name) => (attributes[name] === undefined ? [] : [`#${attributes[name]}`])));
    },
  });
  parser.end(readFileSync(path, "utf8"));
  return { links, ids };
}
