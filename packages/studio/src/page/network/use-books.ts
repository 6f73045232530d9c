import type { Ledger, Network } from "@limn/core";
import { useEffect, useState } from "react";
import { engineOf } from "../store/session.js";
import { useStudio } from "../store/studio.js";

/** The network of the model that is open. */
export function useNetwork(): Network | undefined {
  const model = useStudio((studio) => studio.model);
  const [network, setNetwork] = useState<Network>();
  useEffect(() => {
    setNetwork(undefined);
    if (!model) return;
    const { signal, abort } = aborting();
    engineOf(useStudio.getState())
      .network(model.handle, { signal })
      .then(setNetwork, (error) => !signal.aborted && useStudio.getState().complain(error));
    return abort;
  }, [model]);
  return network;
}

/** Where relevance goes for a class of the photo that is open; or why there is no relevance. */
export function useLedger(target: number | undefined): Ledger | string | undefined {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const [ledger, setLedger] = useState<Ledger | string>();
  useEffect(() => {
    setLedger(undefined);
    if (!model || !photo || target === undefined) return;
    const { signal, abort } = aborting();
    engineOf(useStudio.getState())
      .ledger({ model: model.handle, picture: photo.handle }, target, undefined, { signal })
      .then(setLedger, (error) => !signal.aborted && setLedger(error instanceof Error ? error.message : String(error)));
    return abort;
  }, [model, photo, target]);
  return ledger;
}

function aborting(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
