import { type Runtime, reasonOf, type Session, type TensorValue } from "@limn/core";

/** How far the first results of a graph may be from those of the runtime that is trusted, as a share of its largest value. */
const TOLERANCE = 1e-3;

/**
 * A fast runtime whose results are compared, the first time that each graph is run, with those of one that is trusted. As soon
 * as they differ, or it fails, the other one does all the work.
 * @param onFallback is told why, once
 */
export function checkedRuntime(fast: Runtime, trusted: Runtime, onFallback: (why: string) => void): Runtime {
  let fallen = false;
  const fall = (why: string) => {
    if (!fallen) onFallback(why);
    fallen = true;
  };
  return {
    async createSession(model, options = {}) {
      // what is asked for types, and not for results, is asked once
      if (fallen || options.optimize === "none") return trusted.createSession(model, options);
      let quick: Session | undefined = await fast.createSession(model, options).catch((error: Error) => {
        fall(error.message);
        return undefined;
      });
      let sure: Session | undefined;
      let checked = false;
      const surely = async () => {
        sure ??= await trusted.createSession(model, options);
        return sure;
      };
      const { inputs, outputs } = quick ?? (await surely());
      return {
        inputs,
        outputs,
        async run(feeds, fetch) {
          if (quick && checked) {
            try {
              return await quick.run(feeds, fetch);
            } catch (error) {
              // a GPU may go away at any time
              fall(reasonOf(error));
              quick = undefined;
            }
          }
          const right = await (await surely()).run(feeds, fetch);
          if (!quick) return right;
          const found = await quick.run(feeds, fetch).catch((error: Error) => error.message);
          const why = typeof found === "string" ? found : differenceOf(found, right);
          if (why === undefined) {
            checked = true;
            await sure?.release();
            sure = undefined;
          } else {
            fall(why);
            await quick.release();
            quick = undefined;
          }
          return right;
        },
        async release() {
          await quick?.release();
          await sure?.release();
        },
      } satisfies Session;
    },
  };
}

/** What differs too much; undefined if nothing does. */
function differenceOf(
  found: Readonly<Record<string, TensorValue>>,
  right: Readonly<Record<string, TensorValue>>,
): string | undefined {
  for (const [name, { data }] of Object.entries(right)) {
    const other = found[name]?.data;
    if (!(data instanceof Float32Array) || !(other instanceof Float32Array)) continue;
    const largest = data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const distance = data.reduce((most, v, i) => Math.max(most, Math.abs(v - (other[i] as number))), 0);
    if (!(distance <= TOLERANCE * largest)) {
      return `its "${name}" is ${distance.toPrecision(2)} away from the right value, of at most ${largest.toPrecision(2)}`;
    }
  }
  return undefined;
}
