import { useMemo } from "react";
import { ChooseFolder } from "../open/ChooseFolder.js";
import { useStudio } from "../store/studio.js";

/** Asks for the pictures of a folder of results, which it only names, as long as some are missing. */
export function PicturesWanted() {
  const written = useStudio((studio) => studio.written);
  const findPicture = useStudio((studio) => studio.findPicture);
  const missing = useMemo(
    () => (written ? written.evaluation.items.filter(({ name }) => !findPicture?.(name)).length : 0),
    [written, findPicture],
  );
  if (!written || missing === 0) return null;
  const { evaluation, data } = written;
  if (data.startsWith("scenes:"))
    return (
      <p className="pictures-wanted">
        Its pictures are generated, which this page can’t do: see them with{" "}
        <code>limn studio --data {evaluation.name} --open</code>
      </p>
    );
  return (
    <div className="pictures-wanted">
      <p>
        {findPicture
          ? `${missing} of its pictures are not in that folder.`
          : "The folder names its pictures, but does not hold them."}{" "}
        Drop the folder that they are in: <b>{data}</b>
      </p>
      <ChooseFolder name="Folder of the pictures" />
    </div>
  );
}
