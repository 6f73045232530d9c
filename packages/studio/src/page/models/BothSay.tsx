import type { Classification } from "../../engine/engine.js";
import type { StudioModel } from "../store/model.js";
import { useStudio } from "../store/studio.js";
import { certaintyOf } from "../words/certainty.js";
import { bothSay } from "./both-say.js";

/** How many classes of each model are listed. */
const LISTED = 5;

interface BothSayProps {
  readonly a: readonly [model: StudioModel, said: Classification];
  readonly b: readonly [model: StudioModel, said: Classification];
}

/** What two models say of a photo, and how far they differ where a class has the same name. */
export function BothSay({ a, b }: BothSayProps) {
  const choose = useStudio((studio) => studio.choose);
  return (
    <table className="both-say">
      <caption className="unseen">What both models say of the photo</caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col">{a[0].name}</th>
          <th scope="col">{b[0].name}</th>
          <th scope="col">Difference</th>
        </tr>
      </thead>
      <tbody>
        {bothSay(a, b, LISTED).map((row) => (
          <tr key={row.name}>
            <th scope="row">
              {row.a ? (
                <button type="button" className="both-class" onClick={() => row.a && choose(row.a.target)}>
                  {row.name}
                </button>
              ) : (
                row.name
              )}
            </th>
            <td>{row.a && <Said model={a[0]} probability={row.a.probability} />}</td>
            <td>{row.b && <Said model={b[0]} probability={row.b.probability} />}</td>
            <td>{row.a && row.b ? points(row.b.probability - row.a.probability) : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Said({ model, probability }: { readonly model: StudioModel; readonly probability: number }) {
  return (
    <>
      <span className="both-bar" style={{ scale: `${Math.min(Math.max(probability, 0), 1)} 1` }} />
      {certaintyOf(model, probability)}
    </>
  );
}

/** A difference of probabilities, with its sign. */
const points = (difference: number): string =>
  `${difference < 0 ? "−" : "+"}${(100 * Math.abs(difference)).toFixed(1)}`;
