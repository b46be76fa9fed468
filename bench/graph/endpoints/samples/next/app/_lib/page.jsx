export default function Never() {
  return <p>private</p>;
}
