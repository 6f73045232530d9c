import type { Backend } from "../engine/web-runtime.js";
import { useStudio } from "../store/studio.js";

const BACKENDS: Readonly<Record<Backend, string>> = {
  wasm: "CPU",
  webgpu: "GPU, by WebGPU",
};

/** What runs the graphs, if that is the page's to choose. */
export function RunsOn() {
  const backend = useStudio((studio) => studio.backend);
  const runOn = useStudio((studio) => studio.runOn);
  if (backend === undefined) return null;
  const choose = async (next: Backend) => {
    runOn(next);
    if (next !== "webgpu") return;
    const { keepPage } = await import("../offline/kept.js");
    // for visits without a network; a browser without room keeps nothing
    await keepPage(true).catch(() => {});
  };
  return (
    <div className="field">
      <label htmlFor="runs-on">Run on</label>
      <select
        id="runs-on"
        className="input select"
        value={backend}
        onChange={({ target: { value } }) => void choose(value as Backend)}
      >
        {Object.entries(BACKENDS).map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
