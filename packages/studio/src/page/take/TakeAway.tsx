import { type ReactNode, useState } from "react";
import { writeAddress } from "../address/address.js";
import { addressOf } from "../address/keep-address.js";
import { Code } from "../parts/Code.js";
import { Icon } from "../parts/Icon.js";
import { useStudio } from "../store/studio.js";
import { type Recipe, terminalLine, typescriptLines } from "./recipe.js";
import { recipesOf } from "./recipe-of.js";
import { type Kind, save } from "./save.js";
import "./take.css";

const KINDS: Readonly<Record<Kind, { readonly name: string; readonly what: string }>> = {
  photo: { name: "Photo", what: "without a map, for the lines below" },
  png: { name: "PNG", what: "a sheet of what is shown" },
  svg: { name: "SVG", what: "the same, for print" },
  html: { name: "Web page", what: "one file, with the numbers" },
  npy: { name: ".npy", what: "each map's values" },
  onnx: { name: ".onnx", what: "the explanation, for any ONNX Runtime" },
};

/** Of many photos, the pages that show all of them. */
const OF_SHEETS = ["png", "svg", "html"] as const;

/** What is shown, as files, and as lines that make it again. */
export default function TakeAway() {
  // as text, which stays the same while the pointer moves
  const said = useStudio((studio) => JSON.stringify(recipesOf(studio)));
  const link = useStudio((studio) => new URL(`#${writeAddress(addressOf(studio))}`, location.href).href);
  const isLocal = useStudio(({ about }) => about?.kind === "native");
  const isSheet = useStudio(({ view }) => view === "sheet");
  const [busy, setBusy] = useState<Kind>();
  const recipes: readonly Recipe[] = JSON.parse(said);
  const toView = (
    <Lines name="A link to this view" text={link}>
      {isLocal && <p className="faint small">It opens on this machine, as long as limn studio runs.</p>}
    </Lines>
  );
  if (recipes.length === 0)
    return (
      <div className="take">
        {toView}
        <p className="faint">Files of maps are offered where maps are shown.</p>
      </div>
    );
  const take = async (kind: Kind) => {
    setBusy(kind);
    try {
      await save(kind, useStudio.getState());
    } catch (error) {
      useStudio.getState().complain(error);
    }
    setBusy(undefined);
  };
  return (
    <div className="take">
      <ul className="list take-kinds">
        {(isSheet ? OF_SHEETS : (Object.keys(KINDS) as Kind[])).map((kind) => (
          <li key={kind}>
            <button type="button" className="list-button" disabled={busy !== undefined} onClick={() => void take(kind)}>
              <b>{KINDS[kind].name}</b>
              <span className="faint small">{KINDS[kind].what}</span>
              {busy === kind && <span className="spinner" />}
            </button>
          </li>
        ))}
      </ul>
      {toView}
      <Lines name="In the terminal" text={recipes.map(terminalLine).join("\n")} />
      <Lines name="In TypeScript" text={typescriptLines(recipes)} />
    </div>
  );
}

interface LinesProps {
  readonly name: string;
  readonly text: string;
  readonly children?: ReactNode;
}

function Lines({ name, text, children }: LinesProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <section>
      <div className="take-head">
        <h3>{name}</h3>
        <button type="button" className="button quiet" onClick={() => void copy().catch(useStudio.getState().complain)}>
          <Icon name={isCopied ? "check" : "copy"} />
          <span aria-live="polite">{isCopied ? "Copied" : "Copy"}</span>
        </button>
      </div>
      <Code text={text.trim()} />
      {children}
    </section>
  );
}
