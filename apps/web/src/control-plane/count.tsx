/** A count of which none is the usual. */
export function Count({ value }: { value: number }) {
  return value === 0 ? <span className="text-faint">0</span> : value.toLocaleString()
}
