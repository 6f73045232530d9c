import type { Claim } from "./claim.js";
import { meanFigure } from "./figure.js";
import { largestDifference } from "./pixels.js";
import { GRAD_CAM } from "./two-grad-cams.js";

/** How much sums in float32 may differ if they are added in another order. */
const TOLERANCE = 1e-3;

export const camIsGradCam: Claim = {
  number: 2,
  statement: "CAM equals Grad-CAM, up to ReLU and scale, on global average pooling and one fully connected layer.",
  source: "Selvaraju et al. 2017, section 3.1",
  experiment: `CAM's part above zero and Grad-CAM at the last layer, each divided by its maximum: their largest difference on each picture. Equal means less than ${TOLERANCE} on the mean.`,
  scenes: "",
  maps: () => [{ method: "cam" }, { method: GRAD_CAM }],
  observe: ({ maps }) => {
    const [cam, gradCam] = [maps.get("cam"), maps.get(GRAD_CAM)];
    return cam && gradCam ? { difference: largestDifference(cam.placed, gradCam.placed) } : {};
  },
  figures: (columns) => [
    meanFigure(columns, "difference", {
      what: "largest difference, as a share of the maximum",
      claimed: { side: "below", bound: TOLERANCE },
    }),
  ],
};
