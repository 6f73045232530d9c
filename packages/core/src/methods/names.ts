// What goes in and out of compiled graphs next to the maps, by name. Maps go by their methods' names, so that no method
// is called so.

export const IMAGE = "image";
/** int64 [N], the class to explain for each image; -1 stands for the predicted one. */
export const TARGET = "target";
/** float32 [N, classes] */
export const LOGITS = "logits";
/** float32 [N, classes], 0 to 1 */
export const PROBABILITIES = "probabilities";
/** int64 [N], the class that is explained: the target, or where that is -1, the predicted class. */
export const EXPLAINED = "explained";

export const RESERVED: readonly string[] = [IMAGE, TARGET, LOGITS, PROBABILITIES, EXPLAINED];
