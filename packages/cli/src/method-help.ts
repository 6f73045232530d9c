import { defaultMethods, describeOptions, isIterated, type Method, methods } from "@limn/core";
import { wrapped } from "./wrapped.js";

const ALL: readonly Method[] = Object.values(methods);

const namesOf = ({ name, variants }: Method): string => [name, ...Object.keys(variants ?? {})].join(", ");

/** The names of methods and of their variants. */
export const IN_ONE_RUN = ALL.filter((method) => !isIterated(method))
  .map(namesOf)
  .join(", ");
export const IN_MANY_RUNS = ALL.filter(isIterated).map(namesOf).join(", ");

/** "all", and every name that --method takes. */
export const METHOD_NAMES: readonly string[] = [
  "all",
  ...ALL.flatMap(({ name, variants }) => [name, ...Object.keys(variants ?? {})]),
];

/** The methods that are made if none are named. */
export const BY_DEFAULT = defaultMethods.join(", ");
export const BY_DEFAULT_AT_LAYERS = defaultMethods.filter((name) => methods[name].usesLayer).join(", ");

/** The part of help texts about methods: what each shows, and its options. @param wanted which methods */
export function methodsHelp(wanted: (method: Method) => boolean = () => true): string {
  const blocks = ALL.filter(wanted).flatMap((method) => [
    wrapped(`${namesOf(method)}: ${method.summary}`, "  ", "    "),
    ...optionsOf(method).map((option) => wrapped(option, "    ", "        ")),
  ]);
  return ["", wrapped("Methods, with the options that --set takes and their defaults:", "", ""), "", ...blocks].join(
    "\n",
  );
}

const optionsOf = (method: Method): string[] =>
  describeOptions(method).map(({ name, usual, choices, description }) => {
    const told = choices.every((choice) => description.includes(String(choice)));
    const words = [told ? "" : choices.join(", "), description].filter(Boolean).join(": ");
    return `${method.name}.${name}${usual === undefined ? "" : `=${usual}`}: ${words}`;
  });
