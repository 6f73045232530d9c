import type { ComponentChildren, JSX } from "preact";

/** A row or column of a table. */
export interface Named {
  readonly name: string;
  /** What its head shows. Default: the name. */
  readonly head?: ComponentChildren;
  /** More about it, for those who point at its head. */
  readonly title?: string;
  /** The class of a row. */
  readonly class?: string | undefined;
}

/** Something wide: on narrow screens it scrolls, and a line above it says so. @param label what it is, for those who hear it */
export function Scroll(props: { readonly label: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <p class="hint" aria-hidden="true">
        scroll sideways for more →
      </p>
      <figure class="scroll" aria-label={props.label}>
        {props.children}
      </figure>
    </>
  );
}

/** A table whose rows and columns have names; wide ones scroll. */
export function NamedTable<Row extends Named, Column extends Named>(props: {
  /** `heat`: columns are narrow, and their names stand upright; `measures`: columns are many; `words`: cells hold text. */
  readonly kind?: "heat" | "measures" | "words" | "sweep";
  readonly caption: string;
  /** The name of the first column. */
  readonly corner: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** A `td` with what stands at their crossing. */
  readonly cell: (row: Row, column: Column) => JSX.Element;
}): JSX.Element {
  const { kind, caption, corner, columns, rows, cell } = props;
  const isHeat = kind === "heat";
  return (
    <Scroll label={caption}>
      <table class={kind}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {columns.map(({ name, head = name, title = isHeat ? name : undefined }) => (
              <th scope="col" key={name} title={title}>
                {isHeat ? <span>{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} class={row.class}>
              <th scope="row" title={row.title}>
                {row.head ?? row.name}
              </th>
              {columns.map((column) => cell(row, column))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Rows or columns that are no more than their names. */
export const named = (names: readonly string[]): Named[] => names.map((name) => ({ name }));

/** What the shades of a table stand for. */
export const HeatKey = ({ low, high }: { readonly low: string; readonly high: string }): JSX.Element => (
  <p class="key">
    {low}
    <i />
    {high}
  </p>
);
