import { useEffect, useState } from "react";
import { droppedFiles } from "../open/dropped-files.js";
import { patiently } from "../parts/patiently.js";
import { useStudio } from "../store/studio.js";
import "./drop-target.css";

const loadOpening = patiently(() => import("../open/open-files.js"));

/** Takes files and pictures that are dropped or pasted anywhere. */
export function DropTarget() {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = async (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(false);
      const spot = { x: event.clientX, y: event.clientY };
      try {
        // what was dropped can be looked at during the event only
        const [files, { openFiles }] = await Promise.all([droppedFiles(event.dataTransfer), loadOpening()]);
        await openFiles(files, spot);
      } catch (error) {
        useStudio.getState().complain(error, spot);
      }
    };
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void loadOpening().then(({ openFiles }) => openFiles(files));
    };
    addEventListener("dragover", onDragOver);
    addEventListener("dragleave", onDragLeave);
    addEventListener("drop", onDrop);
    addEventListener("paste", onPaste);
    return () => {
      removeEventListener("dragover", onDragOver);
      removeEventListener("dragleave", onDragLeave);
      removeEventListener("drop", onDrop);
      removeEventListener("paste", onPaste);
    };
  }, []);
  return (
    <div className="drop-target" hidden={!isOver} aria-hidden="true">
      <p>
        Drop a model, photos or labels <span>nothing leaves this machine</span>
      </p>
    </div>
  );
}
