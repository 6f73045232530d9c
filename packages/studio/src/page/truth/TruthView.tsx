import { useState } from "react";
import { askedTarget, labelOf, wishFor } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { MethodBar } from "../why/MethodBar.js";
import { methodName } from "../words/map-name.js";
import { BrushPart } from "./BrushPart.js";
import { OrderPart } from "./OrderPart.js";
import { SanityPart } from "./SanityPart.js";
import "./truth.css";

const PARTS = [
  { id: "brush", name: "Hide by hand" },
  { id: "order", name: "Hide what the map shows" },
  { id: "sanity", name: "Random weights" },
] as const;

/** Is it true? What becomes of the score, and of the map, if what they should depend on is taken away. */
export default function TruthView() {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const layer = useStudio((studio) => studio.layer);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const [method] = useStudio((studio) => studio.methods);
  const target = useStudio(askedTarget);
  const [part, setPart] = useState<(typeof PARTS)[number]["id"]>("brush");
  if (!model || !photo || target === undefined || method === undefined) return null;
  const wish = wishFor(method, { model, layer, bothSigns });
  const label = labelOf(model, target);
  return (
    <div className="truth">
      <header className="question">
        <h1>
          {part === "brush" ? "What does " : "Is the map of "}
          <em>{label}</em>
          {part === "brush" ? " need?" : " true?"}
        </h1>
        <p className="faint">{part === "brush" ? "paint over the photo, and watch the classes" : methodName(method)}</p>
      </header>
      <fieldset className="method-bar" aria-label="Tests">
        {PARTS.map(({ id, name }) => (
          <button key={id} type="button" className="chip" aria-pressed={part === id} onClick={() => setPart(id)}>
            {name}
          </button>
        ))}
      </fieldset>
      {part !== "brush" && <MethodBar />}
      {part === "brush" && <BrushPart photo={photo} wish={wish} target={target} />}
      {part === "order" && <OrderPart photo={photo} wish={wish} target={target} />}
      {part === "sanity" && <SanityPart photo={photo} wish={wish} target={target} />}
    </div>
  );
}
