export default function DepthView() {
  return null;
}
