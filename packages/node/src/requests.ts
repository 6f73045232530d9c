import {
  type Classifier,
  type Compiled,
  type CompileOptions,
  compile,
  findMethod,
  LimnError,
  type MapRequest,
  methods,
  type Options,
  type Preprocessing,
  rangeAfter,
} from "@limn/core";

export interface RequestOptions {
  /** Method names, or "all" for every method that fits the model. Default "all". */
  readonly methods?: readonly string[] | "all";
  /** Layers for the methods that use one; see core's `findLayer`. Default the last. */
  readonly layers?: readonly string[];
  /** Options of methods, by method or variant name. */
  readonly options?: Readonly<Record<string, Options>>;
  /** Whether the graph gives scores beside the maps. Default true. */
  readonly scores?: boolean;
  /** The preprocessing, where it is known: rules for pixels need the range of the values that it gives. */
  readonly preprocessing?: Preprocessing | undefined;
}

/**
 * Compiles every chosen method at every chosen layer into one graph. Of "all", methods that the model can't have
 * are left out with a warning.
 * @throws LimnError as `compile` does for methods that were named
 */
export function compileRequests(
  classifier: Classifier,
  { methods: chosen = "all", layers, options = {}, scores = true, preprocessing }: RequestOptions,
): { compiled: Compiled; warnings: string[] } {
  const names = chosen === "all" ? Object.keys(methods) : chosen;
  checkOptionNames(options, names);
  const requests = names.flatMap((method): MapRequest[] => {
    const asked = options[method] ? { method, options: options[method] } : { method };
    return findMethod(method).method.usesLayer && layers ? layers.map((layer) => ({ ...asked, layer })) : [asked];
  });
  // a method that is refused at several layers says so once
  const refusals = new Set<string>();
  const onRefused: CompileOptions["onRefused"] = ({ method }, { message }) => {
    refusals.add(`left out ${message.startsWith(method) ? "" : `${method}: `}${message}`);
  };
  const compiled = compile(classifier, requests, {
    scores,
    ...(preprocessing ? { inputRange: rangeAfter(preprocessing) } : {}),
    ...(chosen === "all" ? { onRefused } : {}),
  });
  const warnings = [...refusals];
  if (compiled.maps.length === 0) {
    throw new LimnError("not-applicable", `no method fits this model: ${warnings.join("; ") || "none is named"}`);
  }
  return { compiled, warnings };
}

function checkOptionNames(options: Readonly<Record<string, Options>>, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    findMethod(name);
    if (!names.includes(name)) {
      throw new LimnError(
        "bad-option",
        `options are set for ${name}, which is not among the methods ${names.join(", ")}; add it, or leave them out`,
      );
    }
  }
}
