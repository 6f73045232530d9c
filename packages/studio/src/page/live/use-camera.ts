import { type RefObject, useEffect, useState } from "react";

/** Shows what a camera sees in a video, as long as the component is there; then the camera is off. @returns why it can't */
export function useCamera(video: RefObject<HTMLVideoElement | null>): string | undefined {
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let stream: MediaStream | undefined;
    let isGone = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const begin = async () => {
      if (!navigator.mediaDevices) throw new Error("this browser gives pages no camera, or only on secure addresses");
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: 480, facingMode: "environment" } });
      if (isGone) stop();
      else if (video.current) video.current.srcObject = stream;
    };
    begin().catch((error) => setProblem(`the camera does not open: ${error.message}; choose or paste a photo instead`));
    return () => {
      isGone = true;
      stop();
    };
  }, [video]);
  return problem;
}
