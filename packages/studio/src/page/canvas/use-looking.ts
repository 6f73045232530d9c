import { type RefObject, useEffect } from "react";
import { type Region, regionThrough } from "../maps/region.js";
import { moved, partOf, zoomedAt } from "../maps/zoomed.js";
import { type Place, WHOLE } from "../store/look.js";
import type { Photo } from "../store/photos.js";
import { useStudio } from "../store/studio.js";

/** How far a key moves the crosshair, as a share of what is shown. */
const STEP = 1 / 50;

const ARROWS: Readonly<Record<string, Place>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * Lets the pointer and the keys move the crosshair, enlarge and move what is shown, and mark a region: with Shift, or once the
 * person has said that it is to be marked; by keys between two B a box, between two O an outline.
 */
export function useLooking(frame: RefObject<HTMLElement | null>, photo: Photo, active: boolean): void {
  useEffect(() => {
    const { current } = frame;
    if (!current || !active) return;
    const { picture } = photo;
    const { point, setZoom, mark } = useStudio.getState();
    const zoomNow = () => useStudio.getState().zoom;
    /** A place under the pointer, as shares of the photo. */
    const shareAt = ({ clientX, clientY }: PointerEvent | WheelEvent | MouseEvent): Place => {
      const { left, top, width, height } = current.getBoundingClientRect();
      const { scale, x, y } = zoomNow();
      return { x: x + ((clientX - left) / width - 0.5) / scale, y: y + ((clientY - top) / height - 0.5) / scale };
    };
    const inPixels = ({ x, y }: Place): Place => ({ x: x * picture.width, y: y * picture.height });
    let grip: Place | undefined;
    let drawn: { readonly kind: Region["kind"]; readonly places: Place[] } | undefined;
    const drawTo = (place: Place) => {
      drawn?.places.push(place);
      if (drawn) mark(regionThrough(drawn.kind, drawn.places, picture));
    };

    const onMove = (event: PointerEvent) => {
      const at = shareAt(event);
      if (grip && drawn) drawTo(inPixels(at));
      else if (grip && zoomNow().scale > 1) setZoom(moved(zoomNow(), { x: grip.x - at.x, y: grip.y - at.y }));
      else point(inPixels(at));
    };
    const onDown = (event: PointerEvent) => {
      if (event.pointerType === "mouse" && event.button !== 0) return;
      grip = shareAt(event);
      const kind = useStudio.getState().marking ?? (event.shiftKey ? "box" : undefined);
      drawn = kind && { kind, places: [inPixels(grip)] };
      point(inPixels(grip));
      if (drawn || zoomNow().scale > 1) current.setPointerCapture(event.pointerId);
    };
    const onUp = () => {
      grip = undefined;
      drawn = undefined;
    };
    const onLeave = () => {
      if (document.activeElement !== current) point(undefined);
    };
    const onWheel = (event: WheelEvent) => {
      // a page that scrolls is not to be caught by its pictures
      if (!event.ctrlKey && !event.metaKey && zoomNow().scale === 1) return;
      event.preventDefault();
      setZoom(zoomedAt(zoomNow(), Math.exp(-event.deltaY / 300), shareAt(event)));
    };
    const onDouble = (event: MouseEvent) =>
      setZoom(zoomNow().scale > 1 ? WHOLE : zoomedAt(zoomNow(), 3, shareAt(event)));
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const arrow = ARROWS[event.key];
      const part = partOf(picture, zoomNow());
      const { pointer = { x: part.x + part.width / 2, y: part.y + part.height / 2 }, region } = useStudio.getState();
      const share = { x: pointer.x / picture.width, y: pointer.y / picture.height };
      const key = event.key.toLowerCase();
      if (arrow) {
        const step = event.shiftKey ? 5 * STEP : STEP;
        const inside = (v: number, size: number) => Math.min(Math.max(v, 0), size - 1e-3);
        point({
          x: inside(pointer.x + arrow.x * step * part.width, picture.width),
          y: inside(pointer.y + arrow.y * step * part.height, picture.height),
        });
        drawTo(useStudio.getState().pointer ?? pointer);
      } else if (key === "b" || key === "o")
        drawn = drawn ? undefined : { kind: key === "b" ? "box" : "outline", places: [pointer] };
      else if (key === "escape" && (region || drawn)) {
        drawn = undefined;
        mark(undefined);
      } else if (key === "+" || key === "=") setZoom(zoomedAt(zoomNow(), 1.5, share));
      else if (key === "-") setZoom(zoomedAt(zoomNow(), 1 / 1.5, share));
      else if (key === "0") setZoom(WHOLE);
      else return;
      event.preventDefault();
    };
    const onBlur = () => {
      drawn = undefined;
      point(undefined);
    };
    const listeners = [
      ["pointermove", onMove],
      ["pointerdown", onDown],
      ["pointerup", onUp],
      ["pointercancel", onUp],
      ["pointerleave", onLeave],
      ["wheel", onWheel],
      ["dblclick", onDouble],
      ["keydown", onKey],
      ["blur", onBlur],
    ] as [string, EventListener][];
    for (const [type, listener] of listeners) current.addEventListener(type, listener, { passive: false });
    return () => {
      for (const [type, listener] of listeners) current.removeEventListener(type, listener);
    };
  }, [frame, photo, active]);
}
