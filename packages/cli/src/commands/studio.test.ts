import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace } from "../testing/command-line.js";

const workspace = new Workspace();
afterAll(() => workspace.remove());

/** Runs the command until it waits, and then interrupts it. */
async function interrupted(...args: string[]) {
  const before = process.listenerCount("SIGINT");
  const outcome = limn("studio", ...args);
  let ended = false;
  void outcome.finally(() => {
    ended = true;
  });
  const written: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => {
    written.push(text);
    return write.call(process.stdout, text);
  }) as typeof write;
  try {
    while (!ended && (process.listenerCount("SIGINT") === before || !written.join("").includes("http"))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const page = ended ? undefined : await fetch(written.join("").trim());
    process.emit("SIGINT");
    return { ...(await outcome), page };
  } finally {
    process.stdout.write = write;
  }
}

describe("limn studio", () => {
  it("serves on this machine until Ctrl-C", async () => {
    const photo = await workspace.picture("photo.png");
    const { code, stdout, stderr, page } = await interrupted(workspace.model, photo);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/\n$/);
    expect(stderr).toContain("Ctrl-C ends it");
    expect(page?.status).toBe(200);
    await expect(fetch(stdout.trim())).rejects.toThrow();
  });

  it("classifies data, and opens what was classified again", async () => {
    const folder = workspace.path("mistakes");
    const first = await interrupted("scenes-resnet", "--data", "scenes:8", "--workers", "0", "--out", folder);
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("http") });
  }, 300_000);

  it.each([
    [["nowhere.png"], /nowhere\.png: there is no such file/],
    [["nowhere.onnx"], /nowhere\.onnx: there is no such file; check the path/],
    [[workspace.model, "nowhere.png"], /nowhere\.png: there is no such file/],
    [[workspace.model, workspace.tensor("x.npy")], /x\.npy: the studio shows pictures/],
    [["--data", "scenes:8"], /--data scenes:8: name the model/],
    [["--port", "70000"], /give a port, 0 to 65535/],
    [["--data", workspace.folder("empty")], /name the model/],
  ])("refuses %j", async (args, reason) => {
    const { code, stderr, stdout } = await limn("studio", ...args);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(reason);
    expect(stdout).toBe("");
  });
});
