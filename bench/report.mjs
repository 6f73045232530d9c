import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

/** The JSON in the last line of what a command prints. Its messages go to the terminal. */
export function lastLineOf(command, args) {
  const output = execFileSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(output.trim().split("\n").at(-1));
}

/** @param libraries versions of what the other side runs, by name */
export function machine(libraries) {
  const onnxruntime = JSON.parse(readFileSync("node_modules/onnxruntime-node/package.json", "utf8")).version;
  const others = Object.entries(libraries).map(([name, version]) => `${name} ${version}`);
  return `${cpus().length} cores, ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB; ${[
    `Node ${process.versions.node}`,
    `onnxruntime ${onnxruntime}`,
    ...others,
  ].join(", ")}`;
}

/** A table in Markdown. */
export function tableOf(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
