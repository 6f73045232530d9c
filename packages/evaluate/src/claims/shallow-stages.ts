import { type Classifier, energyInside, LimnError, layersOf, type MapRequest } from "@limn/core";
import type { Claim, ObservedMap, ObservedPicture } from "./claim.js";
import { type Columns, differenceFigure, type Figure, meanFigure } from "./figure.js";
import { GRAD_CAM } from "./two-grad-cams.js";

const RELEVANCE_CAM = "relevance-cam";
const METHODS = [RELEVANCE_CAM, GRAD_CAM];

/** Stages are shallow if they lie in this first share of the network's layers. */
const SHALLOW = 0.5;

export const shallowStages: Claim = {
  number: 10,
  statement: "Relevance-CAM stays class-specific and localizes at shallow layers, where Grad-CAM does not.",
  source: "Lee et al. 2021",
  experiment: `Pictures with objects of two classes, at the stages in the first half of the network (the first one, if none is), means over stages. Localizing: IoU at 0.5. Class-specific: the share of the map's mass on an object when its class is explained, less that on the same object when the other class is explained; a map that does not ask for the class has 0, whatever it marks.`,
  scenes: "instances=1,others=1-2",
  maps: stageMaps,
  otherClass: true,
  observe,
  figures,
};

function stageMaps(classifier: Classifier): MapRequest[] {
  const stages = layersOf(classifier).flatMap(({ stage }) => stage ?? []);
  if (stages.length > 0) return METHODS.flatMap((method) => stages.map((layer) => ({ method, layer })));
  throw new LimnError("not-applicable", "the model has no stages: none of its activations has spatial extent");
}

function observe({ own, maps, otherMaps }: ObservedPicture): Record<string, number> {
  if (!own || own.length === 0 || !otherMaps) return {};
  const object = union(own.map(({ mask }) => mask));
  const row: Record<string, number> = {};
  for (const method of METHODS) {
    const staged = [...maps].filter(([name]) => name.startsWith(`${method}/`));
    const shallow = staged.filter(([, { depth = 1 }], i) => i === 0 || depth <= SHALLOW);
    const mean = (of: (name: string, map: ObservedMap) => number) =>
      shallow.reduce((sum, [name, map]) => sum + of(name, map) / shallow.length, 0);
    const iouOf = ({ measures }: ObservedMap) => measures.iou ?? Number.NaN;
    row[`${method} iou`] = mean((_, map) => iouOf(map));
    row[`${method} gain`] = mean((name, { placed }) => {
      const other = otherMaps.get(name)?.placed ?? new Float32Array();
      return energyInside(placed, object) - energyInside(other, object);
    });
    for (const [name, map] of staged) row[name] = iouOf(map);
  }
  return row;
}

const union = ([first = new Uint8Array(), ...others]: readonly Uint8Array[]): Uint8Array =>
  first.map((v, i) => (v === 1 || others.some((mask) => mask[i] === 1) ? 1 : 0));

function figures(columns: Columns): Figure[] {
  const less = (name: string, what: string) =>
    differenceFigure(columns, `${RELEVANCE_CAM} ${name}`, `${GRAD_CAM} ${name}`, {
      what: `${what}, Relevance-CAM less Grad-CAM`,
      claimed: { side: "above", bound: 0 },
    });
  return [
    meanFigure(columns, `${RELEVANCE_CAM} gain`, {
      what: "gain of the object by its own class, Relevance-CAM",
      claimed: { side: "above", bound: 0 },
    }),
    less("gain", "gain of the object by its own class"),
    less("iou", "IoU"),
    ...[...columns.keys()]
      .filter((name) => name.includes("/"))
      .map((name) => meanFigure(columns, name, { what: `IoU of ${name.replace("/", " at ")}` })),
  ];
}
