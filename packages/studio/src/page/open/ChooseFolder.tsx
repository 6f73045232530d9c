import { useRef } from "react";
import { openFiles } from "./open-files.js";

interface ChooseFolderProps {
  /** What the folder holds, for those who can't see the button. */
  readonly name: string;
  /** Whether a model in it becomes the second of two: see `openFiles`. */
  readonly isOther?: boolean;
}

/** Opens a folder, as if it had been dropped. */
export function ChooseFolder({ name, isOther }: ChooseFolderProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        Choose a folder
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={name}
        {...{ webkitdirectory: "" }}
        onChange={({ currentTarget }) => {
          void openFiles([...(currentTarget.files ?? [])], undefined, isOther);
          currentTarget.value = "";
        }}
      />
    </>
  );
}
