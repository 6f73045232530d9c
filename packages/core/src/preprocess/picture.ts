/** A decoded picture. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, row by row: height * width * 3 bytes. */
  readonly rgb: Uint8Array;
}
