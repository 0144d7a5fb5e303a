/** What tells one element of a list from another. */
export type IdOf = (element: unknown) => unknown

/**
 * The elements that are wanted come in the order in which they are, and the others in that of the current list. One of the others
 * stands before a wanted one only if it did so in the current list: what is new thus comes first.
 */
export function inOrder(
  list: readonly unknown[],
  { wanted, current, idOf }: { wanted: readonly unknown[]; current: readonly unknown[]; idOf: IdOf },
): unknown[] {
  const [wantedPlaces, currentPlaces] = [placesIn(wanted, idOf), placesIn(current, idOf)]
  const named: { element: unknown; place: number }[] = []
  const others: unknown[] = []
  for (const element of list) {
    const place = wantedPlaces.get(idOf(element))
    if (place === undefined) others.push(element)
    else named.push({ element, place })
  }
  named.sort((a, b) => a.place - b.place)
  const ordered: unknown[] = []
  let next = 0
  for (const { element } of named) {
    const place = currentPlaces.get(idOf(element)) ?? -1
    while (next < others.length && (currentPlaces.get(idOf(others[next])) ?? Infinity) < place) ordered.push(others[next++])
    ordered.push(element)
  }
  return [...ordered, ...others.slice(next)]
}

function placesIn(elements: readonly unknown[], idOf: IdOf): Map<unknown, number> {
  const places = new Map<unknown, number>()
  for (let i = 0; i < elements.length; i++) places.set(idOf(elements[i]), i)
  return places
}

/** Whether the elements come in the order of the wanted ones, each of which may be missing. */
export function followsOrder(elements: readonly unknown[], wanted: readonly unknown[], idOf: IdOf): boolean {
  let place = 0
  for (const element of elements) {
    while (place < wanted.length && idOf(wanted[place]) !== idOf(element)) place++
    if (place === wanted.length) return false
    place++
  }
  return true
}
