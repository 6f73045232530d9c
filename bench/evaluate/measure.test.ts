import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

function run(name: string, ...args: string[]) {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const output = execFileSync(process.execPath, [script, "scenes-resnet", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output);
}

const measure = (...args: string[]) => run("measure.mjs", ...args, "--threads", "1");

it("measures every rate of a few scenes once", () => {
  // two batches: a rate counts from when the first one is done
  const few = ["scenes:count=8,size=32", "--batch", "4", "--methods", "grad-cam", "--rounds", "1"];
  const { batch, pictures, times_ms, rates } = measure(...few);
  expect([batch, pictures]).toEqual([4, 8]);
  for (const name of ["calling thread", "one after the other", "one worker", "reading ahead", "workers"]) {
    expect(rates).toHaveProperty(name);
  }
  for (const samples of [times_ms, rates]) {
    for (const [name, [value]] of Object.entries<number[]>(samples)) expect(value, name).toBeGreaterThan(0);
  }
  // it starts a dozen sessions, workers and a server
}, 180_000);

it("measures the memory of one evaluation", () => {
  expect(measure("scenes:count=2,size=32", "--memory")).toEqual({ pictures: 2, peak_mib: expect.any(Number) });
});

it("tells the processor time of the network's runs from that of a whole evaluation", () => {
  const few = ["--method", "grad-cam", "--curves", "0", "--no-shattering", "--sanity", "0"];
  const { processor_s, runs, loading } = run("whole.mjs", "scenes:count=2,size=32", ...few);
  expect(runs).toBeGreaterThan(0);
  expect(loading).toBeGreaterThan(0);
  expect(runs + loading).toBeLessThan(processor_s);
});
