import { CLASS_NAMES } from "@limn/scenes/anywhere";
import { useState } from "react";
import { Icon } from "../parts/Icon.js";
import { useStudio } from "../store/studio.js";
import "./scenes.css";

/** The largest seed. */
const MOST = 2 ** 32 - 1;

/** The most classes that fit into a scene. */
const MOST_CLASSES = 5;

/** Makes scenes: pictures of things whose places are known. */
export default function ScenePanel({ onDrawn }: { readonly onDrawn: () => void }) {
  const openScene = useStudio((studio) => studio.openScene);
  const [seed, setSeed] = useState(() => Math.floor(1000 * Math.random()));
  const [classes, setClasses] = useState<readonly string[]>([]);
  const [isBusy, setBusy] = useState(false);
  const toggle = (name: string) => {
    const without = classes.filter((other) => other !== name);
    setClasses(without.length < classes.length ? without : [...classes, name].slice(-MOST_CLASSES));
  };
  const draw = async () => {
    setBusy(true);
    const isDrawn = await openScene({ seed, classes });
    setBusy(false);
    // the next one is another one
    setSeed(Math.min(seed + 1, MOST));
    if (isDrawn) onDrawn();
  };
  return (
    <form
      className="scene-panel"
      onSubmit={(event) => {
        event.preventDefault();
        void draw();
      }}
    >
      <p className="faint small">
        A drawn picture, in which the place of each thing is known: how well does a map find it?
      </p>
      <fieldset className="scene-classes" aria-label="What it shows">
        {CLASS_NAMES.map((name) => (
          <button
            key={name}
            type="button"
            className="chip"
            aria-pressed={classes.includes(name)}
            onClick={() => toggle(name)}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <div className="row">
        <label className="scene-seed">
          <span className="faint small">Seed</span>
          <input
            className="input"
            type="number"
            min={0}
            max={MOST}
            step={1}
            required
            value={Number.isNaN(seed) ? "" : seed}
            onChange={({ target }) => setSeed(target.valueAsNumber)}
          />
        </label>
        <button type="submit" className="button primary" disabled={isBusy}>
          <Icon name="dice" /> {isBusy ? "Drawing …" : "Draw it"}
        </button>
        <span className="faint small">{classes.length === 0 ? "of any things" : ""}</span>
      </div>
    </form>
  );
}
