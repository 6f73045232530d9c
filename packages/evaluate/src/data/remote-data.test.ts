import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ModelServer } from "../../../node/src/testing/model-server.js";
import { DataFolder } from "../testing/data-folder.js";
import { openData } from "./open-data.js";

const work = new DataFolder();
let server: ModelServer;
let cache: string;

beforeEach(async () => {
  server = await new ModelServer().start();
  cache = mkdtempSync(join(tmpdir(), "limn-data-cache-"));
  vi.stubEnv("LIMN_CACHE", cache);
  vi.stubEnv("HF_HUB_OFFLINE", undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  rmSync(cache, { recursive: true });
});

const png = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#808080" } })
    .png()
    .toBuffer();

const publish = async (path: string, content: string | Promise<Buffer>) =>
  server.files.set(path, { content: Buffer.from(await content), headers: { etag: `"${path}"` } });

const at = (path: string) => `${server.url}${path}`;

const LIST = "path,label\na.png,cat\nmore/b 100%.png,dog\n";

describe("a manifest at an address", () => {
  it("has its pictures beside it, which are fetched once", async () => {
    await publish("/data/list.csv", LIST);
    await publish("/data/a.png", png(8, 6));
    await publish("/data/more/b 100%.png", png(5, 4));
    const data = await openData({ data: at("/data/list.csv") });
    expect(data).toMatchObject({ title: `manifest ${at("/data/list.csv")}`, warnings: [], classes: ["cat", "dog"] });
    expect(data.items.map(({ id }) => id)).toEqual(["a.png", "more/b 100%.png"]);
    expect((await data.open(0)).picture).toMatchObject({ width: 8, height: 6 });
    expect((await data.open(1)).picture).toMatchObject({ width: 5, height: 4 });
    await (await openData({ data: at("/data/list.csv") })).open(0);
    expect(server.downloads()).toEqual(["/data/list.csv", "/data/a.png", "/data/more/b%20100%25.png"]);
    expect(readdirSync(cache).sort()).toEqual(["pictures", "urls"]);
  });

  it("has the fingerprint of the same manifest on a disk", async () => {
    await publish("/data/list.csv", LIST);
    const { fingerprint } = await openData({ data: work.write("list.csv", LIST) });
    expect((await openData({ data: at("/data/list.csv") })).fingerprint).toBe(fingerprint);
  });

  it("may name pictures and masks by addresses, or have them elsewhere", async () => {
    await publish("/elsewhere/c.png", png(3, 2));
    await publish("/elsewhere/mask.png", png(3, 2));
    const line = { path: at("/elsewhere/c.png"), label: "cat", mask: at("/elsewhere/mask.png") };
    await publish("/data/list.jsonl", JSON.stringify(line));
    const data = await openData({ data: at("/data/list.jsonl") });
    expect(data.items[0]?.id).toBe(at("/elsewhere/c.png"));
    expect((await data.open(0)).picture).toMatchObject({ width: 3, height: 2 });

    const local = work.write("local.csv", "path,label\nc.png,cat\n");
    const here = await openData({ data: local, pictures: at("/elsewhere") });
    expect((await here.open(0)).picture).toMatchObject({ width: 3, height: 2 });
  });

  it("goes on where the connection was cut", async () => {
    await publish("/data/list.csv", LIST);
    await publish("/data/a.png", png(8, 6));
    server.faults.set("/data/a.png", { cutAt: 20 });
    const data = await openData({ data: at("/data/list.csv") });
    expect((await data.open(0)).picture).toMatchObject({ width: 8, height: 6 });
  });

  it("is read from the cache where the server can't be reached", async () => {
    await publish("/data/list.csv", LIST);
    await publish("/data/a.png", png(8, 6));
    const address = at("/data/list.csv");
    await (await openData({ data: address })).open(0);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    const data = await openData({ data: address });
    expect((await data.open(0)).picture).toMatchObject({ width: 8 });
    await expect(data.open(1)).rejects.toMatchObject({ code: "runtime", message: expect.stringMatching(/OFFLINE/) });
  });

  it.each([
    [
      "a file that isn't there",
      "/none.csv",
      /\/none\.csv: the server answers .* with HTTP status 40\d; check the address/,
    ],
    ["a line that is wrong", "/wrong.csv", /\/wrong\.csv: line 2: path: is missing/],
    ["a folder", "/folder", /\/folder: this is not a data set that can be read/],
  ])("says what is wrong: %s", async (_, path, message) => {
    await publish("/wrong.csv", "path,label\n,cat\n");
    await expect(openData({ data: at(path) })).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(message),
    });
  });

  it("says which picture is missing or none", async () => {
    await publish("/data/list.csv", LIST);
    await publish("/data/a.png", "no picture");
    const data = await openData({ data: at("/data/list.csv") });
    await expect(data.open(0)).rejects.toThrow(/http:.*\/data\/a\.png: this is not a picture that can be read/);
    await expect(data.open(1)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(/more\/b%20100%25\.png: the server answers with HTTP status 40\d; check/),
    });
  });
});

describe("COCO annotations at an address", () => {
  const coco = JSON.stringify({
    images: [{ id: 1, file_name: "a.png", width: 8, height: 6 }],
    categories: [{ id: 7, name: "cat" }],
    annotations: [{ image_id: 1, category_id: 7, bbox: [1, 1, 4, 3] }],
  });

  it.each(["/data/a.png", "/data/images/a.png", "/data/val/a.png"])("finds its pictures: %s", async (path) => {
    await publish("/data/annotations/instances_val.json", coco);
    const place = path === "/data/a.png" ? "/data/annotations/a.png" : path;
    await publish(place, png(8, 6));
    const data = await openData({ data: at("/data/annotations/instances_val.json") });
    expect(data.items).toEqual([{ id: "a.png", label: "cat" }]);
    const { objects } = await data.open(0);
    expect(objects[0]).toMatchObject({ class: "cat", box: { x: 1, y: 1, width: 4, height: 3 } });
  });
});
