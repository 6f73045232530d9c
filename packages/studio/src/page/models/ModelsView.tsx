import { useMemo } from "react";
import { useCall } from "../engine/use-call.js";
import { useMap, useMaps } from "../maps/use-maps.js";
import { useShown } from "../maps/use-shown.js";
import { ModelChoices } from "../model/ModelChoices.js";
import { Icon } from "../parts/Icon.js";
import { Popup } from "../parts/Popup.js";
import type { StudioModel } from "../store/model.js";
import type { Photo } from "../store/photos.js";
import { labelOf, quickMethod, shownTarget, wishFor } from "../store/question.js";
import type { Shown } from "../store/shown.js";
import { useStudio } from "../store/studio.js";
import { DifferenceCell } from "../why/DifferenceCell.js";
import { Looks } from "../why/Looks.js";
import { MapCell } from "../why/MapCell.js";
import { OneMethod } from "../why/OneMethod.js";
import { PhotoCell } from "../why/PhotoCell.js";
import { Tiles } from "../why/Tiles.js";
import { methodName } from "../words/map-name.js";
import { BothSay } from "./BothSay.js";
import { sameClass } from "./same-class.js";
import "../why/why.css";
import "./models.css";

/** The same photo, class and method by two models. */
export default function ModelsView() {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const other = useStudio((studio) => studio.other);
  if (!model || !photo) return null;
  return other ? <TwoModels model={model} other={other} photo={photo} /> : <NoOther model={model} />;
}

function NoOther({ model }: { readonly model: StudioModel }) {
  const opening = useStudio((studio) => studio.openingOther);
  return (
    <section className="no-other">
      <h1>
        Which model do you compare <em>{model.name}</em> with?
      </h1>
      <p className="faint" role="status">
        {opening === undefined
          ? "Choose a second model, or drop its files here: the same photo is then shown by both."
          : `Opening ${opening} …`}
      </p>
      <ModelChoices current={model.name} isOther />
    </section>
  );
}

interface TwoModelsProps {
  readonly model: StudioModel;
  readonly other: StudioModel;
  readonly photo: Photo;
}

function TwoModels({ model, other, photo }: TwoModelsProps) {
  const methods = useStudio((studio) => studio.methods);
  const layer = useStudio((studio) => studio.layer);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const said = useStudio((studio) => studio.classification);
  const target = useStudio(shownTarget);
  const opening = useStudio((studio) => studio.openingOther);
  const subject = { model: other.handle, picture: photo.handle };
  const { answer: otherSaid } = useCall({ subject, revision: other.revision }, (engine, asked, call) =>
    engine.classify(asked.subject, undefined, call),
  );

  const label = target === undefined ? "…" : labelOf(model, target);
  const same = target === undefined ? undefined : sameClass(label, other.labels);
  // what the other model says, if it does not know the class
  const otherTarget = same ?? otherSaid?.ranked[0];
  const method = quickMethod(model, methods);
  const wish = method === undefined ? undefined : wishFor(method, { model, layer, bothSigns });
  const otherWish =
    method === undefined ? undefined : wishFor(method, { model: other, layer: hasLayer(other, layer), bothSigns });
  useMaps([
    ...(wish && target !== undefined ? [{ wishes: [wish], targets: [target] }] : []),
    ...(otherWish && otherTarget !== undefined ? [{ model: other, wishes: [otherWish], targets: [otherTarget] }] : []),
  ]);
  const [a, b] = [useMap(wish, target), useMap(otherWish, otherTarget, other)];
  const shown = useMemo(
    (): readonly Shown[] => [
      { kind: "photo" },
      ...(wish && target !== undefined ? [{ kind: "map", wish, target } as const] : []),
      ...(otherWish && otherTarget !== undefined
        ? [{ kind: "map", wish: otherWish, target: otherTarget, by: "other" } as const]
        : []),
      ...(wish && otherWish && target !== undefined && same !== undefined
        ? [{ kind: "models", wish, target, otherWish, otherTarget: same } as const]
        : []),
    ],
    [wish, otherWish, target, otherTarget, same],
  );
  useShown(shown);
  if (!wish || !otherWish || target === undefined) return null;
  return (
    <>
      <header className="question">
        <h1>
          Why <em>{label}</em>, by two models?
        </h1>
        <Popup
          title="The second model"
          align="end"
          trigger={
            <button type="button" className="button quiet" aria-busy={opening !== undefined}>
              {opening ?? other.name} <Icon name="down" />
            </button>
          }
        >
          <ModelChoices current={other.name} isOther />
        </Popup>
      </header>
      <OneMethod />
      <Tiles shape={photo.picture.width / photo.picture.height} photo={<PhotoCell photo={photo} />}>
        {[
          <MapCell key="one" photo={photo} wish={wish} target={target} title="model" />,
          ...(otherTarget === undefined
            ? []
            : [<MapCell key="other" photo={photo} wish={otherWish} target={otherTarget} title="model" by={other} />]),
          ...(same === undefined
            ? []
            : [
                <DifferenceCell
                  key="difference"
                  photo={photo}
                  a={a}
                  b={b}
                  names={[model.name, other.name]}
                  what={`${methodName(wish.method)} for ${label}`}
                />,
              ]),
        ]}
      </Tiles>
      {same === undefined && otherTarget !== undefined && (
        <p className="faint small" role="status">
          {other.name} has no class named {label}: its map is of {labelOf(other, otherTarget)}, which it says first.
        </p>
      )}
      {said && otherSaid && <BothSay a={[model, said]} b={[other, otherSaid]} />}
      <Looks />
    </>
  );
}

/** A layer, if the model has one of this name; others have their default one. */
const hasLayer = ({ layers }: StudioModel, layer: string | undefined): string | undefined =>
  layers.some(({ stage, tensor }) => stage === layer || tensor === layer) ? layer : undefined;
