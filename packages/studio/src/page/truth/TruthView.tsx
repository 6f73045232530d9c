import { askedTarget, labelOf, wishFor } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { TRUTH_TESTS, type TruthTest } from "../truth-tests.js";
import { MethodBar } from "../why/MethodBar.js";
import { methodName } from "../words/map-name.js";
import { BrushPart } from "./BrushPart.js";
import { OrderPart } from "./OrderPart.js";
import { SanityPart } from "./SanityPart.js";
import "./truth.css";

const NAMES: Readonly<Record<TruthTest, string>> = {
  brush: "Hide by hand",
  order: "Hide what the map shows",
  sanity: "Random weights",
};

/** Is it true? What becomes of the score, and of the map, if what they should depend on is taken away. */
export default function TruthView() {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const layer = useStudio((studio) => studio.layer);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const [method] = useStudio((studio) => studio.methods);
  const target = useStudio(askedTarget);
  const test = useStudio((studio) => studio.test);
  const chooseTest = useStudio((studio) => studio.chooseTest);
  if (!model || !photo || target === undefined || method === undefined) return null;
  const wish = wishFor(method, { model, layer, bothSigns });
  const label = labelOf(model, target);
  return (
    <div className="truth">
      <header className="question">
        <h1>
          {test === "brush" ? "What does " : "Is the map of "}
          <em>{label}</em>
          {test === "brush" ? " need?" : " true?"}
        </h1>
        <p className="faint">{test === "brush" ? "paint over the photo, and watch the classes" : methodName(method)}</p>
      </header>
      <fieldset className="method-bar" aria-label="Tests">
        {TRUTH_TESTS.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={test === one} onClick={() => chooseTest(one)}>
            {NAMES[one]}
          </button>
        ))}
      </fieldset>
      {test !== "brush" && <MethodBar />}
      {test === "brush" && <BrushPart photo={photo} wish={wish} target={target} />}
      {test === "order" && <OrderPart photo={photo} wish={wish} target={target} />}
      {test === "sanity" && <SanityPart photo={photo} wish={wish} target={target} />}
    </div>
  );
}
