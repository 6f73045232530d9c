import { lazy, Suspense, useMemo } from "react";
import { useMaps, type Wanted } from "../maps/use-maps.js";
import { useShown } from "../maps/use-shown.js";
import { patiently } from "../parts/patiently.js";
import { askedTarget, labelOf, shownTarget, wishFor } from "../store/question.js";
import type { Shown } from "../store/shown.js";
import { useStudio } from "../store/studio.js";
import { certaintyOf } from "../words/certainty.js";
import { Looks } from "./Looks.js";
import { MapCell } from "./MapCell.js";
import { MethodBar } from "./MethodBar.js";
import { PhotoCell } from "./PhotoCell.js";
import { Tiles } from "./Tiles.js";
import "./why.css";

const ClassDifference = lazy(patiently(() => import("./ClassDifference.js")));

/** How many classes have their maps made before anybody asks. */
const PREFETCHED = 5;

/** How long nothing comes or is wanted before these are made, in milliseconds: they would keep what came from being painted. */
const SOON = 100;

/** The same before other methods are made: who goes through the classes, one after the other, is not to wait for them. */
const AT_REST = 1000;

const NOBODY: readonly number[] = [];

/** Why this class: the photo, and a map for each class that is compared and each method that is chosen. */
export default function WhyView() {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const layer = useStudio((studio) => studio.layer);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const methods = useStudio((studio) => studio.methods);
  const pins = useStudio((studio) => studio.pins);
  // a pinned class is shown already, next to the one that is asked about
  const target = useStudio((studio) =>
    studio.peeked !== undefined && studio.pins.includes(studio.peeked) ? askedTarget(studio) : shownTarget(studio),
  );
  const asked = useStudio(askedTarget);
  const classification = useStudio((studio) => studio.classification);

  const wishes = useMemo(
    () => methods.map((method) => wishFor(method, { model, layer, bothSigns })),
    [methods, model, layer, bothSigns],
  );
  const isAsking = useStudio((studio) => studio.isAsking);
  const likely = useMemo(() => classification?.ranked.slice(0, PREFETCHED) ?? [], [classification]);
  const others = pins.filter((pin) => pin !== target);
  const wanted = useMemo((): Wanted[] => {
    if (target === undefined || !classification || !model) return [];
    const isLong = (method: string) => model.methods.some((one) => one.method === method && one.manyRuns);
    const [long, quick] = [wishes.filter((one) => isLong(one.method)), wishes.filter((one) => !isLong(one.method))];
    const first = [...new Set([target, ...pins])];
    const all = [...new Set([...first, ...likely])];
    const usual = model.usual.map((method) => wishFor(method, { model, layer, bothSigns }));
    return [
      { wishes: quick, targets: first },
      { wishes: quick, targets: all, after: SOON },
      { wishes: long, targets: asked === undefined ? [] : [...new Set([asked, ...pins])] },
      // each in a run of its own, so that nobody waits for all of them
      ...usual.map((wish) => ({ wishes: [wish], targets: all, after: AT_REST })),
    ].filter((job) => job.wishes.length > 0 && job.targets.length > 0);
  }, [wishes, target, asked, pins, classification, likely, model, layer, bothSigns]);
  useMaps(wanted);

  const targets = target === undefined ? [] : [target, ...others];
  const shown: readonly Shown[] = [
    { kind: "photo" },
    ...targets.flatMap((one) => wishes.map((wish): Shown => ({ kind: "map", wish, target: one }))),
    ...(targets.length === 2
      ? wishes.map(
          (wish): Shown => ({ kind: "difference", wish, target: targets[0] as number, other: targets[1] as number }),
        )
      : []),
  ];
  useShown(shown);
  if (!model || !photo) return null;
  const title = titleOf(wishes.length > 1, targets.length > 1);
  return (
    <>
      <header className="question">
        <h1>
          Why <em>{target === undefined ? "…" : labelOf(model, target)}</em>?
        </h1>
        {target !== undefined && classification && !isAsking && (
          <p className="faint">
            {certaintyOf(model, classification.probabilities[target] as number)}
            {target === classification.ranked[0]
              ? ", what the model says"
              : `, place ${classification.ranked.indexOf(target) + 1} of ${model.classes}`}
          </p>
        )}
      </header>
      <MethodBar />
      <Tiles
        shape={photo.picture.width / photo.picture.height}
        photo={<PhotoCell photo={photo} />}
        perRow={wishes.length > 1 && targets.length > 1 ? wishes.length : undefined}
      >
        {shown.flatMap((one) => {
          if (one.kind === "difference")
            return (
              <Suspense key={`difference ${one.wish.method}`} fallback={<figure className="cell" data-stale />}>
                <ClassDifference photo={photo} title={title} {...one} />
              </Suspense>
            );
          if (one.kind !== "map") return [];
          // the class under the pointer takes the place of the chosen one, and its map that of the other map
          const key = `${one.target === target ? "asked" : one.target} ${one.wish.method}`;
          const next = one.target === target ? likely : NOBODY;
          return <MapCell key={key} photo={photo} wish={one.wish} target={one.target} title={title} next={next} />;
        })}
      </Tiles>
      <Looks />
    </>
  );
}

/** What tells a map from its neighbors. */
const titleOf = (manyMethods: boolean, manyClasses: boolean): "method" | "class" | "both" =>
  manyMethods && manyClasses ? "both" : manyClasses ? "class" : "method";
