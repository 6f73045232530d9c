import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataFolder } from "../testing/data-folder.js";
import { textAt } from "./file-chunks.js";
import { type JsonEntry, jsonEntries } from "./json-entries.js";

const folder = new DataFolder();

const entriesOf = async (text: string, lists = ["a", "b"]) => {
  const path = folder.write("lists.json", text);
  const entries: JsonEntry[] = [];
  for await (const entry of jsonEntries(path, lists)) entries.push(entry);
  return { path, entries };
};

describe("lists of a JSON document", () => {
  it("are read entry by entry, as they were written", async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const document = fc.record({ info: value, a: fc.array(value), c: value, b: fc.array(value) });
    await fc.assert(
      fc.asyncProperty(document, fc.constantFrom(0, 1), async (lists, indent) => {
        const { path, entries } = await entriesOf(JSON.stringify(lists, null, indent));
        const read = (name: string) => entries.filter(({ list }) => list === name).map(({ value }) => value);
        const plain = JSON.parse(JSON.stringify(lists)) as typeof lists;
        expect([read("a"), read("b")]).toEqual([plain.a, plain.b]);
        for (const { value, offset, length } of entries)
          expect(JSON.parse(textAt(path, offset, length))).toEqual(value);
      }),
      { numRuns: 100 },
    );
  });

  it("may be longer than what is read at once", async () => {
    const a = Array.from({ length: 30_000 }, (_, id) => ({ id, text: `]},"[{\\ é${"x".repeat(id % 90)}` }));
    const { entries, path } = await entriesOf(JSON.stringify({ a }));
    expect(entries.map(({ value }) => value)).toEqual(a);
    const { offset, length } = entries[29_999] as JsonEntry;
    expect(JSON.parse(textAt(path, offset, length))).toEqual(a[29_999]);
  });

  it("tell the line and place of what is wrong", async () => {
    await expect(entriesOf('{"a": [\n {"x": 1},\n {"x": 1 2}\n]}')).rejects.toThrow(
      "lists.json: line 3, a[1]: not JSON (",
    );
    await expect(entriesOf('{"a": [1,,2]}')).rejects.toThrow("line 1, a[1]: not JSON");
    await expect(entriesOf('{"a": [\n {"x": 1},\n {"x": "')).rejects.toThrow(
      "lists.json: line 3: the document ends in the middle",
    );
  });

  it("are only those that lie directly in it", async () => {
    const { entries } = await entriesOf(
      '{"x": {"a": [1]}, "y": "a", "z": [["a"], {"a": [2]}], "a": [[3], {"a": [4]}]}',
    );
    expect(entries.map(({ value }) => value)).toEqual([[3], { a: [4] }]);
  });
});
