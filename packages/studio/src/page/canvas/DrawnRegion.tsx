import { useStudio } from "../store/studio.js";

/** The region that the person marked, in the photo's pixels. */
export function DrawnRegion() {
  const region = useStudio((studio) => studio.region);
  return (
    region && <polygon className="drawn-region" points={region.corners.map(({ x, y }) => `${x},${y}`).join(" ")} />
  );
}
