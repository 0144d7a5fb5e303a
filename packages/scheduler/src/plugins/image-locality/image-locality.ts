import type { PodInfo } from '../../cache/pod-info.ts'
import type { Snapshot } from '../../cache/scheduler-cache.ts'
import type { CycleState } from '../../framework/cycle-state.ts'
import type { Plugin } from '../../framework/plugin.ts'

const name = 'ImageLocality'
const mebibyte = 1024 * 1024
/** Less than this on a node is not worth preferring it for. */
const minBytes = 23 * mebibyte
/** What counts as all that could be there, for each container. */
const maxBytesPerContainer = 1000 * mebibyte

interface Sought {
  image: string
  /** Share of the nodes that have it: an image on one node alone would draw every Pod there. */
  spread: number
}

/** Prefers nodes that have the Pod's images already. */
export const imageLocality: Plugin = {
  name,
  preScore: (pod, { snapshot }, state) => {
    const sought = soughtImages(pod, snapshot)
    if (sought.length === 0) return 'skip'
    state.set(name, sought)
    return undefined
  },
  score: (pod, { imageBytes }, state) => {
    if (imageBytes.size === 0) return 0
    let bytes = 0
    for (const { image, spread } of soughtOf(state)) bytes += Math.floor((imageBytes.get(image) ?? 0) * spread)
    const maxBytes = maxBytesPerContainer * pod.images.length
    return Math.floor((100 * (Math.min(Math.max(bytes, minBytes), maxBytes) - minBytes)) / (maxBytes - minBytes))
  },
}

const soughtOf = (state: CycleState): readonly Sought[] => state.get(name) as readonly Sought[]

function soughtImages({ images }: PodInfo, snapshot: Snapshot): Sought[] {
  return images.flatMap((image) => {
    const nodes = snapshot.imageNodes(image)
    return nodes === 0 ? [] : [{ image, spread: nodes / snapshot.nodes.length }]
  })
}
