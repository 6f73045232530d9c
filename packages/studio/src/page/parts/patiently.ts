import { useStudio } from "../store/studio.js";

/** How long to wait before a part is asked for again, in milliseconds. */
const SHORTLY = 2000;

/**
 * Loads a part of the page's code as `load` does, but does not give up: while its host does not answer, that is said, and it is
 * asked for again.
 */
export const patiently =
  <Part>(load: () => Promise<Part>) =>
  async (): Promise<Part> => {
    for (;;) {
      try {
        return await load();
      } catch {
        useStudio
          .getState()
          .say("note", "A part of this page can't be loaded now; it comes as soon as its host answers.");
        await new Promise((resolve) => setTimeout(resolve, SHORTLY));
      }
    }
  };
