// Kills `limn evaluate` at random moments and starts it again until it is done; see README.md here.
//
//   node test/soak/evaluate.mjs [--runs 20] [--seed 1] [--pictures 48] [--folder DIR]
import { rmSync } from "node:fs";
import { join } from "node:path";
import { chunksIn, differingFiles, endOf, endWithin, flawsOf, soakOptions, startLimn } from "./limn.mjs";

const BATCH = 4;
const { runs, pictures, random, folder } = soakOptions();

const command = (name, workers) => [
  ...["evaluate", "scenes-resnet", "--data", `scenes:${pictures}`, "--method", "grad-cam,lrp", "--curves", "4"],
  ...["--sanity", "4", "--batch", String(BATCH), "--threads", "1", "--workers", String(workers)],
  ...["--out", join(folder, name)],
];

const start = performance.now();
const whole = await endOf(startLimn(command("whole", 2), { aloud: true }));
if (whole !== 0) throw new Error(`the uninterrupted evaluation ended with ${whole}`);
const usual = performance.now() - start;

const failures = [];
let kills = 0;
for (let run = 0; run < runs; run++) {
  const name = `run-${run}`;
  const ended = [];
  for (let end; end !== 0; ) {
    // a little longer each time, so that every run ends
    const patience = usual * (0.5 + 0.1 * ended.length) * random();
    end = await endWithin(startLimn(command(name, random() < 0.5 ? 1 : 2)), patience);
    if (end !== 0 && end !== "SIGKILL") throw new Error(`${name}: ended with ${end}`);
    ended.push(end);
  }
  const own = join(folder, name);
  const flaws = flawsOf(own, Math.ceil(pictures / BATCH));
  const differing = differingFiles(own, join(folder, "whole"));
  kills += ended.length - 1;
  console.log(
    `${name}: killed ${ended.length - 1} times, ${chunksIn(own).length} chunks; ${[...flaws, ...differing].join(", ") || "the same"}`,
  );
  if (flaws.length + differing.length > 0) failures.push(name);
  else rmSync(own, { recursive: true });
}
console.log(`${runs} runs, ${kills} kills, ${failures.length} that differ${failures.length ? `: see ${folder}` : ""}`);
if (failures.length > 0) process.exitCode = 1;
else rmSync(folder, { recursive: true });
