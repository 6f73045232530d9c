/**
 * OKLab (Ottosson 2020): a color space in which equal distances look about equally different.
 * Lightness L lies in [0, 1]; a (green to red) and b (blue to yellow) lie in about [-0.4, 0.4].
 */
export type Oklab = readonly [L: number, a: number, b: number];

/** sRGB, gamma-encoded, each channel in [0, 1] for colors that a screen can show. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Lightness, chroma and hue (degrees) to OKLab: a = C cos h, b = C sin h. */
export function fromLch(L: number, C: number, hue: number): Oklab {
  const h = (hue * Math.PI) / 180;
  return [L, C * Math.cos(h), C * Math.sin(h)];
}

/** Euclidean distance in OKLab; 0.02 is about the smallest difference that people notice. */
export function deltaE(p: Oklab, q: Oklab): number {
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

/** OKLab to sRGB. Channels outside [0, 1] mean a color that sRGB cannot show; nothing is clipped. */
export function toRgb([L, a, b]: Oklab): Rgb {
  const long = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encode(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    encode(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    encode(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}

/** sRGB, each channel in [0, 1], to OKLab. */
export function fromRgb(rgb: Rgb): Oklab {
  const red = decode(rgb[0]);
  const green = decode(rgb[1]);
  const blue = decode(rgb[2]);
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

// The sRGB transfer function (IEC 61966-2-1); odd, so that out-of-gamut channels stay negative.
function encode(linear: number): number {
  const magnitude = Math.abs(linear);
  const encoded = magnitude <= 0.0031308 ? 12.92 * magnitude : 1.055 * magnitude ** (1 / 2.4) - 0.055;
  return Math.sign(linear) * encoded;
}

function decode(encoded: number): number {
  return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
}
