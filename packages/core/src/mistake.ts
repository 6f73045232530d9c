import type * as v from "valibot";

/** What a schema found wrong: where, and what is allowed there. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type Issue = v.BaseIssue<unknown>;

/** The first mistake that a schema found, in plain English: of a choice, that of the alternative which came the furthest. */
export const mistakeOf = ([issue]: readonly [Issue, ...Issue[]]): Mistake => deepest(issue);

function deepest(issue: Issue): Mistake {
  const [inner] =
    issue.type === "union" ? (issue.issues ?? []).map(deepest).sort((a, b) => b.path.length - a.path.length) : [];
  const path = issue.path?.map(({ key }) => key as PropertyKey) ?? [];
  if (inner && inner.path.length > 0) return { ...inner, path: [...path, ...inner.path] };
  // what is wrong about an unknown key is the object that has it
  if (isUnknownKey(issue)) return { path: path.slice(0, -1), message: `unknown key "${String(path.at(-1))}"` };
  return { path, message: hasOwnMessage(issue) ? issue.message : inWords(issue) };
}

export const isUnknownKey = ({ type, expected }: Issue): boolean => type === "strict_object" && expected === "never";

/** Whether the schema's author wrote the message: else it is Valibot's, "Invalid ...: Expected ... but received ...". */
const hasOwnMessage = ({ message, received }: Issue): boolean =>
  !(message.startsWith("Invalid ") && message.endsWith(`eceived ${received}`));

function inWords(issue: Issue): string {
  const { type, kind, requirement, expected } = issue;
  // an object's issue about one of its keys
  if (kind === "schema" && expected?.startsWith('"') && type.endsWith("object")) return "it is missing";
  const words = WORDS[type];
  return words?.(String(requirement), expected ?? "") ?? issue.message;
}

const anObject = () => "give an object";
const oneOf = (_: string, expected: string) => `give ${expected.replace(/^\((.*)\)$/, "$1").replaceAll(" | ", " or ")}`;

/** What is allowed, by the type of schema or action that did not hold. */
const WORDS: Readonly<Record<string, (requirement: string, expected: string) => string>> = {
  number: () => "give a number",
  finite: () => "give a finite number",
  integer: () => "give a whole number",
  safe_integer: () => "give a whole number",
  min_value: (least) => `give ${least} or more`,
  max_value: (most) => `give ${most} or less`,
  gt_value: (bound) => `give more than ${bound}`,
  lt_value: (bound) => `give less than ${bound}`,
  string: () => "give a text in quotes",
  boolean: () => "give true or false",
  array: () => "give a list",
  tuple: () => "give a list",
  object: anObject,
  loose_object: anObject,
  strict_object: anObject,
  record: anObject,
  non_empty: () => "it is empty",
  picklist: oneOf,
  literal: oneOf,
  union: oneOf,
};
