import type { About } from "../../engine/engine.js";
import { isLink } from "../open/links.js";
import { sceneNamed } from "../scenes/scene-names.js";
import { USUAL_OPACITY, WHOLE } from "../store/look.js";
import { addressName, type ModelOrigin, type StudioModel } from "../store/model.js";
import type { Photo } from "../store/photos.js";
import { type Studio, useStudio } from "../store/studio.js";
import { type Address, addressGiven, HASH_DIGITS, readAddress, writeAddress } from "./address.js";

/** How long the address waits for more changes, in milliseconds: browsers allow few in a second. */
const PAUSE = 250;

/**
 * Follows what the address says. From then on it keeps the address as the studio is, and the studio as the address is, when a
 * person changes that or goes back.
 * @returns as soon as the studio is where the first address leads
 */
export function keepAddress(): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let { view } = useStudio.getState();
  /** The address that was written or followed last. If there is another one, a person has changed it, and `popstate` comes. */
  let known = location.hash;
  /** Counts addresses that are being followed: until the studio is there, they stay as they are. */
  let following = 0;
  const isKept = () => following === 0 && location.hash === known;

  const writeLater = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const hash = hashOf(useStudio.getState());
      if (!isKept() || hash === known) return;
      // what a link asked to open is a part of it by now
      history.replaceState(null, "", location.pathname + hash);
      known = hash;
    }, PAUSE);
  };

  useStudio.subscribe((studio) => {
    const isElsewhere = studio.view !== view;
    view = studio.view;
    if (!isElsewhere || !isKept()) return writeLater();
    // a view is a place that one can come back to
    clearTimeout(timer);
    timer = undefined;
    known = hashOf(studio);
    history.pushState(null, "", known);
  });

  const followed = async (address: Address) => {
    known = location.hash;
    following++;
    try {
      await follow(address);
    } finally {
      following--;
      writeLater();
    }
  };
  addEventListener("popstate", () => void followed(readAddress(location.hash)));
  return followed(addressGiven(location));
}

const hashOf = (studio: Studio): string => `#${writeAddress(addressOf(studio))}`;

/** What the address says of the studio as it is. */
export function addressOf(studio: Studio): Address {
  const {
    model,
    other,
    photo,
    chosen,
    pins,
    methods,
    layer,
    view,
    sheetOrder,
    test,
    node,
    opacity,
    threshold,
    colors,
    bothSigns,
    zoom,
  } = studio;
  return {
    view,
    ...(model ? { model: { name: nameOf(model), hash: model.handle.slice(0, HASH_DIGITS) } } : {}),
    ...(photo ? { photo: { name: nameOf(photo), hash: photo.handle.slice(0, HASH_DIGITS) } } : {}),
    ...(other ? { other: { name: nameOf(other), hash: other.handle.slice(0, HASH_DIGITS) } } : {}),
    ...(chosen === undefined ? {} : { target: classIn(model, chosen) }),
    pins: pins.map((pin) => classIn(model, pin)),
    methods,
    ...(layer === undefined ? {} : { layer }),
    ...(sheetOrder === "given" ? {} : { order: sheetOrder }),
    ...(test === "brush" ? {} : { test }),
    ...(node === undefined ? {} : { node }),
    ...(opacity === USUAL_OPACITY ? {} : { opacity }),
    ...(threshold === 0 ? {} : { threshold }),
    ...(colors ? { colors } : {}),
    ...(bothSigns ? { bothSigns } : {}),
    ...(zoom.scale === WHOLE.scale ? {} : { zoom }),
  };
}

/** The address that is followed: a newer one takes its place. */
let newest: Address | undefined;

/** Brings the studio to where an address says: opens its model and its photo, if they can be found, and asks its question. */
async function follow(address: Address): Promise<void> {
  newest = address;
  const {
    about,
    evaluations,
    model,
    photo,
    openModel,
    openPhoto,
    openScene,
    choosePhoto,
    say,
    setLook,
    setZoom,
    show,
    tryAgain,
  } = useStudio.getState();
  tryAgain();
  const { view = "why", opacity = USUAL_OPACITY, threshold = 0, colors, bothSigns = false, zoom = WHOLE } = address;
  setLook({ opacity, threshold, colors, bothSigns });
  setZoom(zoom);
  useStudio.setState({
    sheetOrder: address.order ?? "given",
    test: address.test ?? "brush",
    layer: address.layer,
    ...(address.methods ? { methods: address.methods } : {}),
  });
  show(view);

  const wantedModel = address.model;
  const isOpen = (handle: string | undefined, hash: string) =>
    handle !== undefined && hash !== "" && handle.startsWith(hash);
  const opening: Promise<unknown>[] = [];
  if (wantedModel && !isOpen(model?.handle, wantedModel.hash)) {
    const origin = originOf(wantedModel.name, about);
    if (origin) opening.push(openModel(origin));
    else say("note", `This address is about the model ${wantedModel.name}: open its file to see the same.`);
  }
  const wantedPhoto = address.photo;
  if (wantedPhoto && !isOpen(photo?.handle, wantedPhoto.hash)) {
    const here = useStudio.getState().photos.find(({ handle }) => isOpen(handle, wantedPhoto.hash));
    const isKnown =
      about?.pictures.some(({ name }) => name === wantedPhoto.name) ||
      evaluations.some(({ name }) => wantedPhoto.name.startsWith(`${name}: `));
    const scene = sceneNamed(wantedPhoto.name);
    if (here) choosePhoto(here.handle);
    else if (isKnown) opening.push(openPhoto({ kind: "named", name: wantedPhoto.name }));
    else if (scene) opening.push(openScene(scene));
    else if (isLink(wantedPhoto.name)) opening.push(openPhoto({ kind: "link", link: wantedPhoto.name }));
    else say("note", `This address is about the photo ${wantedPhoto.name}: open its file to see the same.`);
  }
  await Promise.all(opening);
  if (newest !== address) return;
  const wantedOther = address.other;
  if (wantedOther && !isOpen(useStudio.getState().other?.handle, wantedOther.hash)) {
    const origin = originOf(wantedOther.name, about);
    if (origin) await useStudio.getState().openOther(origin);
    else say("note", `This address compares with the model ${wantedOther.name}: open its file to see the same.`);
  }
  if (newest !== address) return;

  const opened = useStudio.getState();
  for (const [wanted, found] of [
    [wantedModel, opened.model],
    [wantedPhoto, opened.photo],
  ] as const)
    if (wanted && found && wanted.hash && nameOf(found) === wanted.name && !isOpen(found.handle, wanted.hash))
      say("note", `${found.name} is another file than the one that this address is about.`);
  useStudio.setState({
    chosen: address.target === undefined ? undefined : targetIn(opened.model, address.target),
    pins: (address.pins ?? []).flatMap((pin) => targetIn(opened.model, pin) ?? []),
    node: address.node,
  });
}

/** Where a model comes from by its name in an address; undefined if it was a file. */
function originOf(name: string, about: About | undefined): ModelOrigin | undefined {
  if (about?.models.some((one) => one.name === name)) return { kind: "named", name };
  return isLink(name) ? { kind: "link", link: name } : undefined;
}

const nameOf = (one: StudioModel | Photo): string =>
  "picture" in one ? (one.named ?? one.link ?? one.name) : addressName(one);

/** A class as addresses name it: by its label, if no other class has the same, or else by its index. */
function classIn(model: StudioModel | undefined, target: number): string {
  const label = model?.labels?.[target];
  const isClear =
    label !== undefined && !/^\d+$/.test(label) && model?.labels?.indexOf(label) === model?.labels?.lastIndexOf(label);
  return isClear ? label : String(target);
}

function targetIn(model: StudioModel | undefined, name: string): number | undefined {
  const index = /^\d+$/.test(name) ? Number(name) : (model?.labels?.indexOf(name) ?? -1);
  return model && index >= 0 && index < model.classes ? index : undefined;
}
