/** Prints one line on stderr, even if a file's name in it holds line breaks. */
export function say(message: string): void {
  process.stderr.write(`limn: ${message.replace(/\p{Cc}+/gu, " ")}\n`);
}
