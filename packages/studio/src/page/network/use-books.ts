import { type Ledger, type Network, reasonOf } from "@limn/core";
import { useCall, useSubject } from "../engine/use-call.js";
import { useStudio } from "../store/studio.js";

/** The network of the model that is open. */
export function useNetwork(): Network | undefined {
  const model = useStudio((studio) => studio.model);
  const asked = model && { handle: model.handle, revision: model.revision };
  return useCall(asked, (engine, { handle }, call) => engine.network(handle, call)).answer;
}

/** Where relevance goes for a class of the photo that is open; or why there is no relevance. */
export function useLedger(target: number | undefined): Ledger | string | undefined {
  const asked = useSubject();
  return useCall(
    asked && target !== undefined ? { ...asked, target } : undefined,
    (engine, { subject, target }, call) => engine.ledger(subject, target, undefined, call).catch(reasonOf),
  ).answer;
}
