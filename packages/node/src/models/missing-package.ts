/** Whether an import failed because one of these packages is not installed. */
export function isMissing(error: unknown, packages: readonly string[]): boolean {
  const { code, message = "" } = error as NodeJS.ErrnoException;
  return (
    code === "ERR_MODULE_NOT_FOUND" && packages.some((name) => message.startsWith(`Cannot find package '${name}'`))
  );
}
