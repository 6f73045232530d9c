import { useEffect, useState } from "react";
import { useStudio } from "../store/studio.js";
import { fileSize } from "../words/numbers.js";
import { allKept, type Kept } from "./kept.js";

/** What the browser keeps, so that it is there without a network; all of it can be cleared. */
export function KeptList() {
  const [kept, setKept] = useState<readonly Kept[]>([]);
  const opened = useStudio(({ model }) => model?.revision);
  const complain = useStudio((studio) => studio.complain);
  const look = () => void allKept().then(setKept, complain);
  useEffect(look, [opened]);
  const clear = async (some: readonly Kept[]) => {
    try {
      for (const one of some) await one.clear();
    } catch (error) {
      complain(error);
    }
    look();
  };
  if (kept.length === 0) return null;
  const bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
  return (
    <section className="kept">
      <h3>Kept in this browser</h3>
      <ul>
        {kept.map((one) => (
          <li key={one.name} className="row">
            <span className="kept-name" title={one.name}>
              {one.name}
            </span>
            <span className="faint small">{fileSize(one.bytes)}</span>
            <button
              type="button"
              className="button quiet"
              aria-label={`Clear ${one.name}`}
              onClick={() => void clear([one])}
            >
              Clear
            </button>
          </li>
        ))}
      </ul>
      <p className="faint small">
        It is here without a network, and nobody else reads it. The next visit keeps the studio again.
      </p>
      <button type="button" className="button" onClick={() => void clear(kept)}>
        Clear all, {fileSize(bytes)}
      </button>
    </section>
  );
}
