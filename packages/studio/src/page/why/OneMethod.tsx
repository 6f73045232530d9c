import { quickMethod, quickMethods } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { methodName } from "../words/map-name.js";

/** The methods that don't take many runs, one of which is shown: for many photos, and for those that move. */
export function OneMethod() {
  const model = useStudio((studio) => studio.model);
  const methods = useStudio((studio) => studio.methods);
  const chooseMethod = useStudio((studio) => studio.chooseMethod);
  if (!model) return null;
  const current = quickMethod(model, methods);
  return (
    <fieldset className="method-bar" aria-label="Method">
      {quickMethods(model, methods).map((method) => (
        <button
          key={method}
          type="button"
          className="chip"
          aria-pressed={method === current}
          title={model.methods.find((one) => one.method === method)?.summary}
          onClick={() => chooseMethod(method)}
        >
          {methodName(method)}
        </button>
      ))}
    </fieldset>
  );
}
