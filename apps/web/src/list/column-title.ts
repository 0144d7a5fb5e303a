/** The name of a column as a title in words: `MinPods` is "Min pods", `Last Seen` "Last seen"; `CSIDriver` and `IP` stay. */
export function columnTitle(name: string): string {
  const [first = '', ...rest] = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').split(' ')
  return [first, ...rest.map((word) => (/^[A-Z][a-z]/.test(word) ? word.toLowerCase() : word))].join(' ')
}
