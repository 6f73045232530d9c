/** A file of text, which is read when its words are needed. */
export interface TextFile {
  /** What messages call it: its path, or its name. */
  readonly name: string;
  /** @throws LimnError `bad-input` if it can't be read */
  readonly text: () => string;
}
