export default function TakeAway() {
  return <p>soon</p>;
}
