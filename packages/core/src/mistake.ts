import type * as v from "valibot";

/** What a schema found wrong: where, and what is allowed there. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type Issue = v.BaseIssue<unknown>;

/**
 * The first mistake that a schema of valibot found, in plain English: of a choice, that of the alternative which came
 * the furthest.
 */
export const mistakeOf = ([issue]: readonly [Issue, ...Issue[]]): Mistake => deepest(issue);

function deepest(issue: Issue): Mistake {
  const path = issue.path?.map(({ key }) => key as PropertyKey) ?? [];
  const alternatives = issue.type === "union" ? (issue.issues ?? []).map(deepest) : [];
  const [inner] = alternatives.sort((a, b) => b.path.length - a.path.length);
  if (inner && inner.path.length > 0) return { ...inner, path: [...path, ...inner.path] };
  // it is the object that is wrong
  return { path: isUnknownKey(issue) ? path.slice(0, -1) : path, message: messageOf(issue) };
}

/** Whether an object has a key that its schema does not name: the last one of the issue's path. */
export const isUnknownKey = ({ type, expected }: Issue): boolean => type === "strict_object" && expected === "never";

/** The schema's own message, or what is allowed in words instead of "Invalid type: Expected number but received ...". */
export const messageOf = (issue: Issue): string =>
  isOwn(issue) ? issue.message : (WORDS[issue.type]?.(issue) ?? issue.message);

const isOwn = ({ message, received }: Issue): boolean =>
  !(message.startsWith("Invalid ") && message.endsWith(`eceived ${received}`));

const object = (issue: Issue): string => {
  if (isUnknownKey(issue)) return `unknown key ${issue.received}`;
  return issue.expected?.startsWith('"') ? "it is missing" : "give an object";
};
const list = () => "give a list";
const whole = () => "give a whole number";
/** Of `("a" | "b")`. */
const choice = ({ expected }: Issue): string =>
  `give ${(expected ?? "").replace(/^\((.*)\)$/, "$1").replaceAll(" | ", " or ")}`;

/** By the type of the schema or action that found the mistake. */
const WORDS: Readonly<Record<string, (issue: Issue) => string>> = {
  array: list,
  boolean: () => "give true or false",
  finite: () => "give a finite number",
  gt_value: ({ requirement }) => `give more than ${requirement}`,
  integer: whole,
  literal: choice,
  loose_object: object,
  lt_value: ({ requirement }) => `give less than ${requirement}`,
  max_value: ({ requirement }) => `give ${requirement} or less`,
  min_value: ({ requirement }) => `give ${requirement} or more`,
  non_empty: () => "it is empty",
  number: () => "give a number",
  object,
  picklist: choice,
  record: object,
  safe_integer: whole,
  strict_object: object,
  strict_tuple: ({ expected }) => (expected === "never" ? "it is one too many" : "give a list"),
  string: () => "give text",
  tuple: list,
  union: choice,
};
