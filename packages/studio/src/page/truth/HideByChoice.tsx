import type { HideBy } from "../../engine/engine.js";
import { useStudio } from "../store/studio.js";

const WORDS = { blur: "blur", mean: "its mean color", gray: "gray" } as const satisfies Record<
  Exclude<HideBy, object>,
  string
>;

/** What takes the place of what is hidden. */
export function HideByChoice() {
  const by = useStudio((studio) => studio.hideBy);
  const photos = useStudio((studio) => studio.photos);
  const photo = useStudio((studio) => studio.photo);
  const { setHideBy } = useStudio.getState();
  const others = photos.filter(({ handle }) => handle !== photo?.handle);
  return (
    <label className="look-choice">
      <span className="faint">Instead</span>
      <select
        className="input select"
        value={typeof by === "object" ? by.picture : by}
        onChange={({ target: { value } }) =>
          setHideBy(value in WORDS ? (value as keyof typeof WORDS) : { picture: value })
        }
      >
        {Object.entries(WORDS).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
        {others.map(({ handle, name }) => (
          <option key={handle} value={handle}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
