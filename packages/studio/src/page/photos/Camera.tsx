import { useEffect, useRef, useState } from "react";
import { withoutAlpha } from "../paint/pixels.js";
import { useStudio } from "../store/studio.js";

/** Shows what the camera sees, and takes a photo of it. */
export function Camera({ onTaken }: { readonly onTaken: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const openPhoto = useStudio((studio) => studio.openPhoto);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let stream: MediaStream | undefined;
    let gone = false;
    const begin = async () => {
      if (!navigator.mediaDevices) throw new Error("this browser gives pages no camera; choose or paste a photo");
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, facingMode: "environment" } });
      if (gone) for (const track of stream.getTracks()) track.stop();
      else if (video.current) video.current.srcObject = stream;
    };
    begin().catch((error) => setProblem(`the camera does not open: ${error.message}`));
    return () => {
      gone = true;
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, []);
  const take = async () => {
    if (!video.current) return;
    await openPhoto({ kind: "pixels", name: "camera", picture: frameOf(video.current) });
    onTaken();
  };
  if (problem) return <p role="alert">{problem}</p>;
  return (
    <div className="camera">
      <video ref={video} autoPlay muted playsInline aria-label="What the camera sees" />
      <button type="button" className="button primary" onClick={() => void take()}>
        Take it
      </button>
    </div>
  );
}

function frameOf(video: HTMLVideoElement) {
  const { videoWidth: width, videoHeight: height } = video;
  const context = new OffscreenCanvas(width, height).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, rgb: withoutAlpha(data) };
}
