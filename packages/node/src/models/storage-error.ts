import { LimnError } from "@limn/core";

export const ELSEWHERE = "make room, or choose another disk with HF_HUB_CACHE or LIMN_CACHE";

const FULL = ["ENOSPC", "EDQUOT"];
const UNUSABLE = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "EIO", "EFBIG"];

/** Whether the disk is to blame, and not the network. */
export const isStorageError = (error: unknown): boolean =>
  [...FULL, ...UNUSABLE].includes((error as NodeJS.ErrnoException).code ?? "");

/** An error of the disk in Limn's words, for a download; other errors as they are. */
export function storageError(error: unknown, cache: string): unknown {
  if (!isStorageError(error)) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  const reason = FULL.includes(code)
    ? `the disk is full; ${ELSEWHERE}`
    : `downloads can't be stored there (${code}); choose another folder with HF_HUB_CACHE or LIMN_CACHE`;
  return new LimnError("output", `${cache}: ${reason}`, { cause: error });
}
