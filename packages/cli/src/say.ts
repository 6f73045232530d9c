/** One line on stderr, whatever a file's name may hold. */
export function say(message: string): void {
  process.stderr.write(`limn: ${message.replace(/\p{Cc}+/gu, " ")}\n`);
}
