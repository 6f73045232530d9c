export default function TokensView() {
  return null;
}
