import { duplicateField, tooManyField, type FieldError } from '@quarterdeck/api-machinery'

type ItemRule<T> = (item: T, field: string) => FieldError[]

/** The rules of each item; of a list that is too long only that it is, so that no request can make this slow. */
export function validateList<T>(list: readonly T[] | undefined, { field, max, item }: ListRule<T>): FieldError[] {
  const items = list ?? []
  if (items.length > max) return [tooManyField(field, items.length, max)]
  return items.flatMap((value, i) => item(value, `${field}[${i}]`))
}

interface ListRule<T> {
  field: string
  /** Infinity: as many as fit in an object. */
  max: number
  item: ItemRule<T>
}

/** As validateList, of items that must differ in what `keyOf` gives. */
export function validateSet<T>(list: readonly T[] | undefined, rule: ListRule<T> & { keyOf(item: T): string }): FieldError[] {
  const errors = validateList(list, rule)
  const items = list ?? []
  if (items.length > rule.max) return errors
  const seen = new Set<string>()
  for (const [i, item] of items.entries()) {
    const key = rule.keyOf(item)
    if (seen.has(key)) errors.push(duplicateField(`${rule.field}[${i}]`, key))
    seen.add(key)
  }
  return errors
}

/** The rules of each key and value of a map. */
export function validateMap<T>(
  map: Readonly<Record<string, T>> | undefined,
  field: string,
  { key: validateKey, item }: { key: ItemRule<string>; item: ItemRule<T> },
): FieldError[] {
  return Object.entries(map ?? {}).flatMap(([key, value]) => [...validateKey(key, field), ...item(value, `${field}[${shortened(key)}]`)])
}

const maxShownKey = 96

const shortened = (key: string): string =>
  key.length <= maxShownKey ? key : `${key.slice(0, (maxShownKey - 2) / 2)}...${key.slice(-(maxShownKey - 4) / 2)}`
