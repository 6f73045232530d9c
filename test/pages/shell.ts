/**
 * The commands of a block of shell, each as its words: one for each line, or for each part of a line around `&&`. Comments and
 * where output goes to are left out; `eval "$(...)"` is what it evaluates.
 * @throws Error for what this does not read, such as a pipe
 */
export function commandsOf(code: string): string[][] {
  return code
    .replaceAll("\\\n", " ")
    .split("\n")
    .flatMap((line) => partsOf(line.replace(/^eval "\$\((.*)\)"/, "$1")))
    .filter((words) => words.length > 0);
}

/** The words of a line, as bash splits it, cut at each `&&`. */
function partsOf(line: string): string[][] {
  const parts: string[][] = [[]];
  const token = /\s*(?:(#.*)|(&&)|(>>?)\s*(\S+)|((?:"[^"]*"|'[^']*'|[^\s"'|;&>]+)+)|(\S))/gy;
  for (const [, comment, and, redirect, , word, other] of line.matchAll(token)) {
    if (comment) break;
    if (other) throw new Error(`${other} in ${line}: this test does not read that`);
    if (and) parts.push([]);
    else if (!redirect && word) parts.at(-1)?.push(word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
  }
  return parts;
}

/** What is asked of a command, so that it takes a moment instead of minutes. It stays the same command in all else. */
export function shortened(args: readonly string[]): string[] {
  const [command = ""] = args;
  const line = args
    .filter((word) => word !== "--open")
    .map((word, i, all) => {
      if (/^scenes:\d+$/.test(word)) return "scenes:2";
      if (all[i - 1] === "--count") return "2";
      if (all[i - 1] === "--steps") return "3";
      return word.replace(/^(rise\.masks|smooth-grad\.samples)=\d+$/, "$1=4");
    });
  const methods = (line[line.indexOf("--method") + 1] ?? "").split(",");
  for (const [method, [option, value]] of Object.entries(FEW_RUNS)) {
    const isSet = line.some((word) => word.startsWith(`${method}.${option}=`));
    if (methods.includes(method) && !isSet) line.push("--set", `${method}.${option}=${value}`);
  }
  if (command === "claims") line.push("--claim", "2", ...(line.includes("--data") ? [] : ["--count", "4"]));
  if (command === "imagine" && !line.includes("--steps")) line.push("--steps", "3");
  // in this process, as all that a test can; and a page's commands are alternatives, which a reader would not call one after
  // the other for one folder
  if (["evaluate", "confusion"].includes(command)) line.push("--workers", "0", "--anew");
  if (command === "evaluate") {
    for (const [option, value] of Object.entries(FEW_MEASURES)) if (!line.includes(option)) line.push(option, value);
  }
  return line;
}

const FEW_MEASURES = { "--sample": "1", "--curves": "2", "--sanity": "0" };

const FEW_RUNS: Readonly<Record<string, readonly [option: string, value: number]>> = {
  rise: ["masks", 4],
  "smooth-grad": ["samples", 4],
  "integrated-gradients": ["samples", 4],
  occlusion: ["window", 56],
};
