import type { Picture } from "@limn/core";
import { useEffect, useRef } from "react";
import { imageDataOf } from "../paint/pixels.js";

/** A small picture in its own pixels. @param name what a screen reader says of it; empty if its place says it */
export function PictureCanvas({ picture, name }: { readonly picture: Picture; readonly name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { current } = canvas;
    if (!current) return;
    current.width = picture.width;
    current.height = picture.height;
    current.getContext("2d")?.putImageData(imageDataOf(picture), 0, 0);
  }, [picture]);
  return <canvas ref={canvas} {...(name ? { role: "img", "aria-label": name } : {})} />;
}
