import { expect, it } from "vitest";
import { notePath } from "../open/path-of.js";
import { pictureFinder, writtenResults } from "./written-results.js";

const file = (path: string, text: string) => notePath(new File([text], path.split("/").at(-1) as string), path);

const item = (index: number, id: string, labels: number[], predicted: number) => ({
  index,
  id,
  labels,
  target: predicted,
  predicted,
  probability: 0.75,
  confidence: 0.75,
  runnerUp: 1 - predicted,
  runnerUpConfidence: 0.25,
  maps: {},
});

const DOCUMENT = JSON.stringify({
  model: { name: "net.onnx", sha256: "abc" },
  source: { data: { data: "photos" } },
  classes: [{ class: 1, name: "dog" }],
});
const LOG = [
  { evaluation: { version: "0.1.0" } },
  { chunk: 1, items: [item(2, "dog/3.png", [], 0)] },
  { chunk: 0, items: [item(0, "cat/1.png", [0], 0), item(1, "dog/1.png", [1], 0), { index: 3, id: "x", error: "no" }] },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("");

const read = (log = LOG, document = DOCUMENT) =>
  writtenResults([
    file("out/results.jsonl", log),
    file("out/confusion.json", document),
    file("out/confusion.html", ""),
  ]);

it("reads the pictures of a folder of results, and which model they are of", async () => {
  const { evaluation, model, data } = await read();
  expect({ model, data }).toEqual({ model: "abc", data: "photos" });
  expect({ ...evaluation, items: evaluation.items.length }).toEqual({
    name: "out",
    model: "net.onnx",
    pictures: 3,
    labels: [undefined, "dog"],
    methods: [],
    items: 3,
  });
  expect(evaluation.items[1]).toEqual({
    name: "out: dog/1.png",
    truth: 1,
    predicted: 0,
    confidence: 0.75,
    truthProbability: 0.25,
  });
  expect(evaluation.items[2]?.truth).toBeUndefined();
});

it.each([
  [
    () => writtenResults([file("out/results.jsonl", LOG)]),
    "out: there is no evaluation.json or confusion.json in this folder",
  ],
  [() => read(`${LOG}{"chunk": 2, "it`), "out/results.jsonl, line 4: it is damaged"],
  [() => read("{}\n"), "out/results.jsonl: no picture was measured"],
  [() => read(LOG, "{}"), "out/confusion.json: it does not say where the model and the data are"],
])("refuses what is missing or damaged: %#", async (read, words) => {
  await expect(read()).rejects.toThrow(words);
});

it("finds pictures by their paths, or else by a name that no other has", () => {
  const files = ["all/cat/1.png", "all/dog/1.png", "all/3.png"].map((path) => file(path, path));
  const find = pictureFinder({ name: "out" }, files);
  expect(["cat/1.png", "dog/1.png", "dog/3.png", "bird/1.png", "4.png"].map((id) => find(`out: ${id}`))).toEqual([
    files[0],
    files[1],
    files[2],
    undefined,
    undefined,
  ]);
});
