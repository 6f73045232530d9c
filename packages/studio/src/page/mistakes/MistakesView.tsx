import { useEffect, useMemo } from "react";
import type { Evaluation } from "../../engine/engine.js";
import { ChooseFolder } from "../open/ChooseFolder.js";
import { Code } from "../parts/Code.js";
import { useStudio } from "../store/studio.js";
import { percent } from "../words/numbers.js";
import { isMistake, picturesOf } from "./confusion.js";
import { Gallery } from "./Gallery.js";
import { GroupBar } from "./GroupBar.js";
import { MatrixTable } from "./MatrixTable.js";
import { PicturesWanted } from "./PicturesWanted.js";
import "./mistakes.css";

/** What the model gets wrong: which classes it takes for which, and the pictures. */
export default function MistakesView() {
  const evaluations = useStudio((studio) => studio.evaluations);
  const evaluation = useStudio((studio) => studio.evaluation);
  const openEvaluation = useStudio((studio) => studio.openEvaluation);
  const first = evaluations[0]?.name;
  useEffect(() => {
    if (first !== undefined && !useStudio.getState().evaluation) void openEvaluation(first);
  }, [first, openEvaluation]);
  if (evaluation) return <Mistakes evaluation={evaluation} />;
  return first === undefined ? <NoEvaluation /> : <p className="faint">Reading {first} …</p>;
}

function NoEvaluation() {
  const model = useStudio((studio) => studio.model);
  const isNative = useStudio(({ about }) => about?.kind === "native");
  return (
    <div className="no-evaluation">
      <h1>No pictures with labels are open</h1>
      <p>
        Mistakes are found among many pictures whose classes are known. Drop a folder that <code>limn evaluate</code> or{" "}
        <code>limn confusion</code> has written, and the folder of its pictures.
      </p>
      <div>
        <ChooseFolder name="Folder of results" />
      </div>
      <p>
        Or let the studio classify them where it starts{isNative ? "" : ", on your own machine"}: a folder of pictures
        in a folder per class, a manifest, COCO, VOC or generated scenes.
      </p>
      <Code
        text={`limn studio ${model?.name ?? "model.onnx"} --data my-pictures/ --open
limn studio scenes-resnet --data scenes:500 --open`}
      />
    </div>
  );
}

function Mistakes({ evaluation }: { readonly evaluation: Evaluation }) {
  const group = useStudio((studio) => studio.group);
  const pictures = useMemo(() => picturesOf(evaluation.items, group), [evaluation, group]);
  return (
    <>
      <header className="question">
        <h1>
          Where does <em>{evaluation.model}</em> go wrong?
        </h1>
        <p className="faint">{shareOf(evaluation)}</p>
      </header>
      <PicturesWanted />
      <div className="mistakes">
        <MatrixTable evaluation={evaluation} />
        <section className="mistakes-pictures" aria-label="Pictures">
          <GroupBar evaluation={evaluation} count={pictures.length} />
          <Gallery key={JSON.stringify(group)} evaluation={evaluation} pictures={pictures} />
        </section>
      </div>
    </>
  );
}

function shareOf({ name, items }: Evaluation): string {
  const labeled = items.filter(({ truth }) => truth !== undefined);
  if (labeled.length === 0)
    return `${items.length} pictures of ${name}, none of them with a label that the model knows`;
  const wrong = labeled.filter(isMistake).length;
  const without = items.length - labeled.length;
  return (
    `in ${wrong} of ${labeled.length} pictures of ${name}, ${percent(wrong / labeled.length)}` +
    (without > 0 ? `; ${without} more have no label that the model knows` : "")
  );
}
