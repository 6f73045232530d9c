import { LimnError } from "../error.js";
import type { Tensor } from "./tensor.js";

interface AttributeValues {
  readonly int: bigint;
  readonly ints: readonly bigint[];
  readonly float: number;
  readonly floats: readonly number[];
  readonly string: string;
  readonly strings: readonly string[];
  readonly tensor: Tensor;
}

/** An attribute of a node. Kinds that none of our operators reads (graphs, types, lists of tensors) stay opaque. */
export type Attribute = (
  | {
      readonly [K in keyof AttributeValues]: { readonly kind: K; readonly value: AttributeValues[K] };
    }[keyof AttributeValues]
  | { readonly kind: "opaque" }
) & {
  /** The part of the file that this was read from; only onnx/ looks inside. */
  readonly origin?: object;
};

export type Attributes = ReadonlyMap<string, Attribute>;

/** Marks a number as an ONNX float attribute; plain numbers are ints. */
export const float = (value: number): Attribute => ({ kind: "float", value });

/** The short form of attributes: numbers are ints, undefined ones are left out. */
export type AttributeInit = Readonly<Record<string, number | readonly number[] | string | Attribute | undefined>>;

export function attributesFrom(init: AttributeInit): Attributes {
  const attributes = new Map<string, Attribute>();
  for (const [name, value] of Object.entries(init)) {
    if (value !== undefined) attributes.set(name, attributeFrom(value));
  }
  return attributes;
}

function attributeFrom(value: number | readonly number[] | string | Attribute): Attribute {
  if (typeof value === "number") return { kind: "int", value: BigInt(value) };
  if (typeof value === "string") return { kind: "string", value };
  if (Array.isArray(value)) return { kind: "ints", value: value.map(BigInt) };
  return value as Attribute;
}

/** Reads a node's attributes; `fallback` is the operator's default. @throws LimnError `bad-model` for missing ones and other kinds */
export class AttributeReader {
  readonly #attributes: Attributes;
  readonly #owner: string;

  constructor(attributes: Attributes, owner: string) {
    this.#attributes = attributes;
    this.#owner = owner;
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  int(name: string, fallback?: number): number {
    return Number(this.#read(name, "int") ?? fallback ?? this.#missing(name));
  }

  ints(name: string, fallback?: readonly number[]): number[] {
    return Array.from(this.#read(name, "ints") ?? fallback ?? this.#missing(name), Number);
  }

  float(name: string, fallback?: number): number {
    return this.#read(name, "float") ?? fallback ?? this.#missing(name);
  }

  floats(name: string, fallback?: readonly number[]): readonly number[] {
    return this.#read(name, "floats") ?? fallback ?? this.#missing(name);
  }

  string(name: string, fallback?: string): string {
    return this.#read(name, "string") ?? fallback ?? this.#missing(name);
  }

  strings(name: string, fallback?: readonly string[]): readonly string[] {
    return this.#read(name, "strings") ?? fallback ?? this.#missing(name);
  }

  tensor(name: string): Tensor {
    return this.#read(name, "tensor") ?? this.#missing(name);
  }

  #read<K extends keyof AttributeValues>(name: string, kind: K): AttributeValues[K] | undefined {
    const attribute = this.#attributes.get(name);
    if (attribute === undefined) return undefined;
    if (attribute.kind === kind && "value" in attribute) return attribute.value as AttributeValues[K];
    throw new LimnError(
      "bad-model",
      `${this.#owner}: the attribute "${name}" is of kind ${attribute.kind}, but must be ${kind}; export the model again`,
    );
  }

  #missing(name: string): never {
    throw new LimnError("bad-model", `${this.#owner}: the attribute "${name}" is missing; export the model again`);
  }
}
