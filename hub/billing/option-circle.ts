/**
 * Whether an option would need itself, by way of others: then nobody could ever activate it.
 * @param depends what each option needs
 * @param id the option that is changed; 0: a new one, which nothing can need yet
 * @param wanted what it shall need
 */
export function dependsOnItself(depends: ReadonlyMap<number, readonly number[]>, id: number, wanted: readonly number[]): boolean {
  const seen = new Set<number>();
  const ahead = [...wanted];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (next === id) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    ahead.push(...(depends.get(next) ?? []));
  }
  return false;
}
