export function helper() {
  return {};
}
