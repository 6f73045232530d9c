/** Lines to be typed, which break between words rather than in `--target`. */
export const Code = ({ text }: { readonly text: string }) => (
  <pre>{text.split(/(\S+)/).map((part, i) => (i % 2 === 1 ? <span key={`${i} ${part}`}>{part}</span> : part))}</pre>
);
