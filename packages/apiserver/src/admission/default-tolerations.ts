import { pods, type Pod } from '@quarterdeck/api'

import type { AdmissionPlugin } from './admission.ts'

const tolerationSeconds = 300

/**
 * Lets a pod stay on a node that is not ready or unreachable for five minutes, unless it says otherwise (DefaultTolerationSeconds). On an
 * update, too: who replaces the tolerations need not repeat these.
 */
export const defaultTolerations: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: [pods.resource],
  operations: ['CREATE', 'UPDATE'],
  admit({ object }) {
    const { spec } = object as Pod
    for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
      const isTolerated = spec.tolerations?.some((t) => (t.key === key || !t.key) && (!t.effect || t.effect === 'NoExecute'))
      if (!isTolerated) (spec.tolerations ??= []).push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds })
    }
  },
}
