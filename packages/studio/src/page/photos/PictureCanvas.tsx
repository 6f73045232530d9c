import type { Picture } from "@limn/core";
import { useEffect, useRef } from "react";
import { bitmapOf } from "../paint/painter.js";

/** A picture in its own pixels. @param name what a screen reader says of it; empty if its place says it */
export function PictureCanvas({ picture, name }: { readonly picture: Picture; readonly name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let isNewest = true;
    void bitmapOf(picture).then((bitmap) => {
      const { current } = canvas;
      if (!isNewest || !current) return bitmap.close();
      current.width = bitmap.width;
      current.height = bitmap.height;
      current.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
    });
    return () => {
      isNewest = false;
    };
  }, [picture]);
  return <canvas ref={canvas} {...(name ? { role: "img", "aria-label": name } : {})} />;
}
