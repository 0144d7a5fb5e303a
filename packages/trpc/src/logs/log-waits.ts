import type { Pod } from '@quarterdeck/api'

import { containerState } from '../state/container-state.ts'
import { podState } from '../state/pod-state.ts'
import type { State } from '../state/state.ts'
import { chosenContainers, type LogChoice } from './log-instances.ts'
import type { LogWait } from './log-line.ts'

/** What the containers of a pod wait for that do not run, with the cause in words; those that have ended wait for nothing. */
export function waitsOf(pod: Pod, choice: LogChoice): LogWait[] {
  return chosenContainers(pod, choice).flatMap(({ name, status }): LogWait[] => {
    const wait = (state: State): LogWait[] => [{ pod: pod.metadata.name, container: name, state }]
    if (choice.previous)
      return status?.lastState?.terminated ? [] : wait({ text: 'No previous run', tone: 'neutral', reason: `${name} has not ended yet` })
    if (status?.state?.running ?? status?.state?.terminated) return []
    const spec = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((container) => container.name === name)
    const own = status && containerState({ spec, status })
    // What keeps the whole pod says more than that its containers are in creation.
    return wait(own?.tone === 'bad' ? own : podState(pod))
  })
}
