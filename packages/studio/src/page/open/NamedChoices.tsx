import type { Named } from "../../engine/engine.js";
import { useStudio } from "../store/studio.js";

interface NamedChoicesProps {
  readonly named: readonly Named[];
  /** The one that is chosen already. */
  readonly current?: string | undefined;
  readonly onChoose: (name: string) => void;
}

/** What comes with the studio, to choose from. */
export const NamedChoices = ({ named, current, onChoose }: NamedChoicesProps) => (
  <ul className="list">
    {named.map(({ name, summary }) => (
      <li key={name}>
        <button
          type="button"
          className="list-button"
          aria-current={name === current || undefined}
          onClick={() => {
            useStudio.getState().tryAgain();
            onChoose(name);
          }}
        >
          <b>{name}</b> <span className="faint small">{summary}</span>
        </button>
      </li>
    ))}
  </ul>
);
