// How near evaluations come to the runs that they can't do without, and what they cost elsewhere: see README.md here.
//
//   python bench/models.py resnet50                       # once: exports the model
//   node bench/evaluate/run.mjs --photos DIR[,DIR] [--python .venv/bin/python] [--rounds 5] [NAME ...]
//
// Writes results.json and table.md next to itself, again after every model; models that are not named stay as they were.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { writeScenes } from "@limn/evaluate";
import { EMBEDDED_MODELS } from "@limn/models";
import { SceneGenerator } from "@limn/scenes";
import { readArguments } from "../arguments.mjs";
import { mapValues, median, rounded } from "../numbers.mjs";
import { lastLineOf, machine, tableOf } from "../report.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const MODELS = ["scenes-resnet", "resnet50"];
/** What is compared with them: peers have no Relevance-CAM. */
const PEERS_METHODS = "grad-cam,grad-cam-plus-plus";
/** Pictures of each data set: a whole number of batches, the same for each worker. */
const SCENES = 1920;
const PHOTOS = 160;
const GOALS = { share: 0.85, workers: 1, queue: 0.9, memory: 1.1 };
/** How many pictures the memory is compared at. */
const SIZES = [1000, 20000];
/** What is drawn is of no importance there, and scenes of one small object are drawn sooner. */
const SMALL = "size=32,instances=1,others=0,clutter=0";

const { values, names } = readArguments(MODELS, { rounds: "5", photos: "", out: here });
const folder = mkdtempSync(join(tmpdir(), "limn-bench-"));

try {
  const path = join(values.out, "results.json");
  const known = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).models : [];
  const results = { machine: "", threads: Number(values.threads), rounds: Number(values.rounds), models: known };
  for (const name of names) {
    process.stderr.write(`${name} ...\n`);
    const { libraries, ...model } = await measure(name);
    results.models = [...results.models.filter((other) => other.model !== name), model].sort(byPlace);
    results.machine = machine(libraries ?? {});
    writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
    writeFileSync(join(values.out, "table.md"), report(results));
  }
  console.log(report(results));
} finally {
  rmSync(folder, { recursive: true });
}

function byPlace(a, b) {
  return MODELS.indexOf(a.model) - MODELS.indexOf(b.model);
}

async function measure(name) {
  const embedded = EMBEDDED_MODELS[name] !== undefined;
  const model = embedded ? name : join(values.cache, `${name}.onnx`);
  const data = embedded ? await scenes() : photos();
  const script = (...args) =>
    lastLineOf(process.execPath, [join(here, "measure.mjs"), model, ...args, "--threads", values.threads]);
  const { batch, pictures, times_ms, rates } = script(data, "--rounds", values.rounds);
  const few = script(data, "--rounds", values.rounds, "--methods", PEERS_METHODS, "--only", "workers");
  const theirs = peers(name, data, batch);
  return {
    model: name,
    data: embedded ? "scenes" : "photos",
    pictures,
    batch,
    times_ms: mapValues(times_ms, middle),
    rates: mapValues(rates, middle),
    of_two_methods: {
      rate: middle(few.rates.workers),
      peers: theirs.failed ? theirs : mapValues(theirs.rates, middle),
    },
    means_of_peers: theirs.means,
    peak_mib: embedded
      ? SIZES.map((count) => rounded(script(`scenes:count=${count},${SMALL}`, "--memory").peak_mib))
      : undefined,
    libraries: theirs.versions,
  };
}

/** The Python half takes half as many rounds: it is slower, and compared by larger factors. */
function peers(name, data, batch) {
  const rounds = String(Math.ceil(Number(values.rounds) / 2));
  const { cache, threads } = values;
  const options = ["--batch", String(batch), "--cache", cache, "--threads", threads, "--rounds", rounds];
  try {
    return lastLineOf(values.python, [join(here, "peers.py"), name, data, ...options]);
  } catch (error) {
    return { failed: error.message.split("\n")[0] };
  }
}

/** Scenes on disk, as drawing them takes longer than explaining them. */
async function scenes() {
  const place = join(values.cache, `scenes-${SCENES}`);
  await writeScenes(new SceneGenerator({ seed: 7 }), { folder: place, count: SCENES, resume: true });
  return join(place, "images");
}

/** As many photos as are wanted, some of them under several names. */
function photos() {
  const found = values.photos
    .split(",")
    .flatMap((place) => readdirSync(place).map((name) => resolve(place, name)))
    .filter((path) => /\.jpe?g$/i.test(path))
    .sort();
  if (found.length === 0) throw new Error(`${values.photos}: there are no photos; name folders of JPEGs by --photos`);
  const place = join(folder, "photos");
  mkdirSync(place, { recursive: true });
  for (let i = 0; i < PHOTOS; i++) {
    const path = found[i % found.length];
    symlinkSync(path, join(place, `${String(i).padStart(4, "0")}${extname(path)}`));
  }
  return place;
}

function middle(list) {
  return list.failed ? list : rounded(median(list));
}

function report({ machine, threads, rounds, models }) {
  const marked = (text, isMet) => (isMet ? text : `**${text}**`);
  const percent = (share) => `${(100 * share).toFixed(0)} %`;
  const ratio = (a, b, goal) => marked((a / b).toFixed(2), a >= goal * b);
  const limitOf = ({ times_ms: { explain, classify } }) => 1000 / (explain + classify);

  const shares = models.map((m) => {
    const { model, data, pictures, batch, times_ms, rates } = m;
    const limit = limitOf(m);
    const [share, own] = [rates.workers / limit, rates["calling thread"] / limit];
    return [
      model,
      `${pictures} ${data}, batch ${batch}`,
      `${times_ms.explain} + ${times_ms.classify}`,
      limit.toPrecision(3),
      `${rates.workers} (${marked(percent(share), share >= GOALS.share)})`,
      `${rates["calling thread"]} (${percent(own)})`,
      ratio(rates.workers, rates["one worker"], GOALS.workers),
      rates.queue ? ratio(rates.queue, rates.workers, GOALS.queue) : "no Redis server",
    ];
  });
  const reading = models.map(({ model, times_ms, rates }) => {
    const [before, after] = [rates["one after the other"], rates["reading ahead"]];
    const gained = 1000 / before - 1000 / after;
    return [model, times_ms.reading, before, after, `${gained.toFixed(2)} ms`];
  });
  const memory = models.flatMap(({ model, peak_mib }) =>
    peak_mib
      ? [
          [
            model,
            ...peak_mib,
            marked((peak_mib[1] / peak_mib[0]).toFixed(2), peak_mib[1] <= GOALS.memory * peak_mib[0]),
          ],
        ]
      : [],
  );
  const against = models.flatMap(({ model, of_two_methods: { rate, peers } }) =>
    Object.entries(peers.failed ? { peers } : peers).map(([peer, theirs]) => [
      model,
      peer,
      rate,
      theirs.failed ? `fails: ${theirs.failed}` : theirs,
      theirs.failed ? "" : marked(`${(rate / theirs).toFixed(1)}x`, rate > theirs),
    ]),
  );
  return [
    `Medians of ${rounds} interleaved rounds (peers: half as many), ${threads} threads. Average Drop, Increase and Win of Grad-CAM, Grad-CAM++ and Relevance-CAM. ${machine}. Bold: the goal is missed.`,
    "## Pictures a second, and their share of the limit",
    tableOf(
      [
        "model",
        "data",
        "necessary runs, ms a picture: maps + masked pictures",
        "limit, pictures/s",
        `by ${threads} workers of one thread, the default (goal ${100 * GOALS.share} %)`,
        `in the calling thread, ${threads} threads`,
        `workers, times the rate of one worker with ${threads} threads (goal ${GOALS.workers})`,
        `${threads} workers on Redis, times the workers' rate (goal ${GOALS.queue})`,
      ],
      shares,
    ),
    "## Reading while computing",
    tableOf(
      ["model", "reading, ms a picture", "one after the other, pictures/s", "reading ahead", "gained a picture"],
      reading,
    ),
    "## Peak memory, MiB",
    tableOf(["model", ...SIZES.map((size) => `${size} pictures`), `ratio (goal ${GOALS.memory})`], memory),
    "## Grad-CAM and Grad-CAM++ elsewhere, pictures a second",
    tableOf(["model", "peer", "limn", "peer's", "times faster"], against),
    "",
  ].join("\n\n");
}
