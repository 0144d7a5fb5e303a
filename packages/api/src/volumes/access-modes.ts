/** Every way in which a volume can be used, and its short form, in the order in which kubectl writes them. */
const shortForms = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' } as const

/** As errors list them. */
export const accessModes: readonly string[] = Object.keys(shortForms).toSorted()

export const volumeModes: readonly string[] = ['Block', 'Filesystem']

/** `RWO,ROX`. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return Object.entries(shortForms)
    .filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',')
}
