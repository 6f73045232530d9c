// Transformers: Limn and PyTorch's libraries on the same network and image, in two processes that take turns.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EMBEDDED_MODELS } from "@limn/models";
import { noise } from "../noise.mjs";
import { mapValues, median, rounded } from "../numbers.mjs";
import { lastLineOf, tableOf } from "../report.mjs";
import { rest } from "../rounds.mjs";
import { Side } from "../turns.mjs";
import { TRANSFORMER_REQUESTS } from "./requests.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** Networks, and the extent of what they look at. */
export const TRANSFORMERS = { vit_small: 224, "scenes-vit": 128 };

/** Times of ViT-S/16's forward run, at most. */
const GOALS = {
  "attn-lrp": 2.4,
  rollout: 1.05,
  "generic-attention": 2.4,
  legrad: 2.4,
  together: 2.8,
};
/** Times of the memory of saliency, at most. */
const MEMORY_GOAL = 1.5;

/** What is the same on the other side. Where both are shown, they have to be the same map. */
const PAIRS = [
  { ours: "forward", theirs: "forward" },
  { ours: "saliency", theirs: "saliency", shown: true },
  { ours: "saliency", theirs: "captum/saliency", shown: true },
  { ours: "attn-lrp", theirs: "lxt/attn-lrp" },
  { ours: "attn-lrp/share", theirs: "lxt/attn-lrp", shown: true },
  { ours: "rollout", theirs: "rollout", shown: true },
  { ours: "generic-attention", theirs: "generic-attention", shown: true },
  { ours: "attention-grad-cam", theirs: "attention-grad-cam", shown: true },
  { ours: "legrad", theirs: "legrad", shown: true },
  { ours: "together", theirs: "together" },
  { ours: "grad-cam", theirs: "pytorch-grad-cam/grad-cam" },
  { ours: "cam-family", theirs: "pytorch-grad-cam/cam-family" },
];

/** @param options those of run.mjs */
export async function measureTransformer(name, { cache, threads, rounds, python }) {
  const path = EMBEDDED_MODELS[name]?.path ?? join(cache, `${name}.onnx`);
  const size = TRANSFORMERS[name];
  const folder = mkdtempSync(join(tmpdir(), "limn-bench-"));
  const image = join(folder, "image.f32");
  writeFileSync(image, Buffer.from(noise([1, 3, size, size]).data.buffer));
  const sides = [
    new Side(process.execPath, [join(here, "transformer.mjs"), path, "--threads", threads]),
    new Side(python, [join(here, "transformer.py"), name, "--image", image, "--cache", cache, "--threads", threads]),
  ];
  try {
    const [limn, peers] = await Promise.all(sides.map((side) => side.read()));
    const differences = await compare(sides, [limn, peers]);
    const samples = await inTurns(sides, [limn, peers], Number(rounds));
    const keys = ["saliency", ...Object.keys(TRANSFORMER_REQUESTS).filter((key) => key !== "saliency")];
    return {
      model: name,
      limn: { ...mapValues(samples[0], medians), ...mapValues(limn.failed, (failed) => ({ failed })) },
      peers: mapValues(samples[1], medians),
      differences,
      memory_mib: Object.fromEntries(
        keys.filter((key) => !limn.failed[key]).map((key) => [key, memoryOf(path, key, threads)]),
      ),
      libraries: peers.versions,
    };
  } finally {
    for (const side of sides) side.end();
    rmSync(folder, { recursive: true });
  }
}

const both = ({ ours, theirs }, [limn, peers]) => limn.runs.includes(ours) && peers.runs.includes(theirs);

/** The largest distance of the maps of each pair, as a share of the largest value. */
async function compare([ours, theirs], abouts) {
  const differences = {};
  for (const pair of PAIRS.filter((pair) => pair.shown && both(pair, abouts))) {
    const { values: a } = await ours.ask({ run: pair.ours, show: true });
    const { values: b } = await theirs.ask({ run: pair.theirs, show: true });
    const largest = b.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const distance = b.reduce((most, v, i) => Math.max(most, Math.abs(v - a[i])), 0);
    differences[`${pair.ours} and ${pair.theirs}`] = rounded(distance / largest);
  }
  return differences;
}

/** Every round runs everything once, one side after the other; the first warms up. */
async function inTurns(sides, abouts, rounds) {
  const samples = abouts.map(({ runs }) => Object.fromEntries(runs.map((run) => [run, []])));
  const most = Math.max(...abouts.map(({ runs }) => runs.length));
  for (let round = -1; round < rounds; round++) {
    process.stderr.write(`  round ${round + 1} of ${rounds}\n`);
    for (let i = 0; i < most; i++) {
      for (const [s, side] of sides.entries()) {
        const run = abouts[s].runs[i];
        if (run === undefined) continue;
        await rest();
        const sample = await side.ask({ run });
        if (round >= 0) samples[s][run].push(sample);
      }
    }
  }
  return samples;
}

const medians = (list) => ({
  ms: rounded(median(list.map(({ ms }) => ms))),
  cpu_ms: rounded(median(list.map(({ cpu_ms }) => cpu_ms))),
});

function memoryOf(path, key, threads) {
  const args = [join(here, "measure.mjs"), path, "--only", key, "--threads", threads];
  return mapValues(lastLineOf(process.execPath, args).memory_mib, rounded);
}

/** @param models what `measureTransformer` gave. @returns parts of the page */
export function transformerTables(models) {
  if (models.length === 0) return [];
  const marked = (ratio, isMet) => (isMet ? ratio.toFixed(2) : `**${ratio.toFixed(2)}**`);
  const methods = Object.keys(TRANSFORMER_REQUESTS);
  const costs = models.flatMap(({ model, limn }) =>
    ["ms", "cpu_ms"].map((unit) => [
      `${model}, ${unit === "ms" ? "time" : "processor time"}`,
      limn.forward[unit],
      ...methods.map((key) => {
        if (limn[key].failed) return "fails";
        const ratio = limn[key][unit] / limn.forward[unit];
        return marked(ratio, model !== "vit_small" || ratio <= (GOALS[key] ?? Number.POSITIVE_INFINITY));
      }),
    ]),
  );
  const speedups = models.flatMap(({ model, limn, peers }) =>
    ["ms", "cpu_ms"].map((unit) => [
      `${model}, ${unit === "ms" ? "time" : "processor time"}`,
      ...PAIRS.map(({ ours, theirs }) => {
        if (!limn[ours]?.[unit] || !peers[theirs]) return "fails";
        const ratio = peers[theirs][unit] / limn[ours][unit];
        return marked(ratio, ratio > 1);
      }),
    ]),
  );
  const memory = models.map(({ model, memory_mib }) => {
    const taken = mapValues(memory_mib, ({ peak, before }) => peak - before);
    return [
      model,
      taken.saliency.toFixed(0),
      ...methods.slice(1).map((key) => {
        if (taken[key] === undefined) return "fails";
        const ratio = taken[key] / taken.saliency;
        return `${taken[key].toFixed(0)} (${marked(ratio, ratio <= MEMORY_GOAL)})`;
      }),
    ];
  });
  const differences = models.flatMap(({ model, differences }) =>
    Object.entries(differences).map(([pair, distance]) => [model, pair, distance.toExponential(1)]),
  );
  const failures = models.flatMap(({ model, limn }) =>
    Object.entries(limn).flatMap(([key, { failed }]) => (failed ? [`- ${model}, ${key}: ${failed}`] : [])),
  );
  const withGoal = (key) => (GOALS[key] ? `${key} (goal ${GOALS[key]}, ViT-S/16)` : key);
  return [
    "## Transformers: times of the forward run",
    tableOf(["model", "forward, ms", ...methods.map(withGoal)], costs),
    "## Transformers: times faster than peers (goal: above 1)",
    tableOf(["model", ...PAIRS.map(({ ours, theirs }) => `${ours} / ${theirs}`)], speedups),
    `## Transformers: peak memory over that of the process before, MiB (times of saliency's, goal ${MEMORY_GOAL})`,
    tableOf(["model", ...methods], memory),
    "## Transformers: how far the maps are apart, as a share of the largest value",
    tableOf(["model", "maps", "largest difference"], differences),
    ...(failures.length ? [failures.join("\n")] : []),
  ];
}
