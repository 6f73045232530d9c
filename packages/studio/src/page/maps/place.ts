/** A place on the photo, in its pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}
