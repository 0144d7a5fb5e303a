import { columnTitle } from './column-title.ts'

/** As wide as what a column usually holds; what is text may grow. First those of a kind, then those of any. */
const widths: Readonly<Record<string, string>> = {
  'events/Name': 'minmax(88px, 0.4fr)',
  'events/Namespace': 'minmax(88px, 0.6fr)',
  'events/State': '96px',
  'pods/Name': 'minmax(204px, 2.4fr)',
  'pods/State': 'minmax(160px, 1fr)',
  'persistentvolumes/State': 'minmax(112px, 0.6fr)',
  'storageclasses/Name': 'minmax(140px, 2fr)',
  'storageclasses/State': '104px',
  Name: 'minmax(164px, 2.4fr)',
  Namespace: 'minmax(100px, 1fr)',
  State: 'minmax(144px, 1fr)',
  Age: 'minmax(72px, 0.4fr)',
  Claim: 'minmax(152px, 1.4fr)',
  Endpoints: 'minmax(184px, 2fr)',
  'Last Schedule': '108px',
  Limit: 'minmax(140px, 1.4fr)',
  MaxPods: '72px',
  Message: 'minmax(240px, 4fr)',
  MinPods: '72px',
  Object: 'minmax(184px, 1.6fr)',
  'Port(s)': 'minmax(148px, 1.4fr)',
  Provisioner: 'minmax(176px, 1.2fr)',
  Reason: 'minmax(124px, 0.8fr)',
  Reference: 'minmax(128px, 1.2fr)',
  Replicas: '72px',
  Request: 'minmax(252px, 3fr)',
  Targets: 'minmax(124px, 1.6fr)',
  Value: 'minmax(116px, 0.6fr)',
}

const widthsOfTypes: Readonly<Record<string, string>> = {
  usage: '96px',
  restarts: 'minmax(120px, 0.6fr)',
  date: 'minmax(84px, 0.4fr)',
  duration: 'minmax(84px, 0.4fr)',
}

/** So that the title of a column is not cut, its arrow included. */
const headCharacterPx = 6.4
const headRoomPx = 28

/** The track of a column in the grid of its list. At 1280 px the usual columns of every kind fit without scrolling. */
export function widthOf(column: string, { type = 'string', resource }: { type: string | undefined; resource: string }): string {
  const [plural] = resource.split('.')
  const known = widths[`${plural}/${column}`] ?? widths[column] ?? widthsOfTypes[type]
  if (known) return known
  const headPx = Math.ceil(columnTitle(column).length * headCharacterPx + headRoomPx)
  const isShort = type === 'integer' || type === 'boolean' || column === 'Ready'
  return isShort ? `minmax(${Math.max(72, headPx)}px, 0.5fr)` : `minmax(${Math.max(100, headPx)}px, 1fr)`
}
