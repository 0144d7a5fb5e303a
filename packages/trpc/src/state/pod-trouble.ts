import type { PodTrouble, State } from './state.ts'

/** Whether a pod in this state keeps its workload from being as it should. */
export function isTrouble(state: State | undefined): state is State {
  return state?.tone === 'bad' || state?.tone === 'warning'
}

export interface TroubledPod {
  state: State
  /** One that has ended is soon replaced by another, which says more. */
  hasEnded: boolean
  createdAt: string
}

/** The trouble of several pods of one workload; null where there is none. */
export function troubleOf(troubled: Iterable<TroubledPod>): PodTrouble | null {
  let worst: TroubledPod | undefined
  const counts = new Map<string, number>()
  for (const pod of troubled) {
    counts.set(pod.state.text, (counts.get(pod.state.text) ?? 0) + 1)
    if (!worst || comparePods(pod, worst) < 0) worst = pod
  }
  return worst ? { state: worst.state, count: counts.get(worst.state.text) ?? 1, hasEnded: worst.hasEnded } : null
}

/** The worse first; of two alike the one that tells of now. */
function comparePods(a: TroubledPod, b: TroubledPod): number {
  const rank = ({ state, hasEnded }: TroubledPod): number => (hasEnded ? 2 : 0) + (state.tone === 'bad' ? 0 : 1)
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (a.createdAt !== b.createdAt) return a.createdAt > b.createdAt ? -1 : 1
  return a.state.text < b.state.text ? -1 : 1
}

/** The state of a workload that is not as it should be, led by what ails its newest pods. `wanted`: how many pods it is to have. */
export function ledByTrouble(own: State, trouble: PodTrouble | null | undefined, wanted: number): State {
  if (!trouble || own.tone === 'good' || own.tone === 'neutral') return own
  const { state, count } = trouble
  const share = wanted > 1 ? `${Math.min(count, wanted)} of ${wanted} pods: ` : ''
  const isWorse = own.tone === 'bad' || state.tone === 'bad'
  return {
    text: state.text,
    tone: isWorse ? 'bad' : 'warning',
    reason: [share + (state.reason ?? state.text), own.tone === 'bad' ? own.reason : undefined].filter(Boolean).join('; '),
    detail: state.detail,
  }
}
