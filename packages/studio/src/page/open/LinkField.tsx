import { useId, useState } from "react";
import type { Spot } from "../store/notices.js";
import { useStudio } from "../store/studio.js";
import { spotUnder } from "./links.js";

interface LinkFieldProps {
  readonly label: string;
  readonly placeholder: string;
  /** Opens what the link leads to, and says under the field what is wrong with it. */
  readonly open: (link: string, spot: Spot) => Promise<unknown>;
}

/** Takes a link. */
export function LinkField({ label, placeholder, open }: LinkFieldProps) {
  const id = useId();
  const [link, setLink] = useState("");
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = link.trim();
        if (!wanted) return;
        useStudio.getState().tryAgain();
        void open(wanted, spotUnder(event.currentTarget));
      }}
    >
      <label htmlFor={id}>{label}</label>
      <div className="link-row">
        <input
          id={id}
          className="input"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder={placeholder}
          value={link}
          onChange={({ target }) => setLink(target.value)}
        />
        <button type="submit" className="button">
          Open
        </button>
      </div>
    </form>
  );
}
