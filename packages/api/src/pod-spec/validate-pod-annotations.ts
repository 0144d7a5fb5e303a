import { forbiddenField, invalidField, type FieldError } from '@quarterdeck/api-machinery'

import type { Pod } from '../kinds/pod.ts'
import { containersOf } from './containers-of.ts'

/** How dear a pod is to its ReplicaSet when one of them has to go. */
export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost'
const mirror = 'kubernetes.io/config.mirror'
const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'
const appArmorProfiles = ['', 'runtime/default', 'unconfined']

const at = (key: string): string => `metadata.annotations[${key}]`

/** The annotations of a pod that mean something to Kubernetes itself. */
export function validatePodAnnotations({ metadata, spec }: Pod): FieldError[] {
  const { annotations = {} } = metadata
  const errors: FieldError[] = []
  if (annotations[mirror] !== undefined && !spec.nodeName)
    errors.push(invalidField(at(mirror), annotations[mirror], 'must set spec.nodeName if mirror pod annotation is set'))
  const cost = annotations[deletionCostAnnotation]
  if (cost !== undefined && !isInt32(cost)) errors.push(invalidField(at(deletionCostAnnotation), cost, 'must be a 32bit integer'))
  const names = new Set(containersOf(spec, 'spec').map(({ container }) => container.name))
  for (const [key, profile] of Object.entries(annotations)) {
    if (!key.startsWith(appArmorPrefix)) continue
    const name = key.slice(appArmorPrefix.length)
    if (!names.has(name)) errors.push(invalidField(at(key), name, 'container not found'))
    if (!appArmorProfiles.includes(profile) && !profile.startsWith('localhost/'))
      errors.push(invalidField(at(key), profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`))
  }
  return errors
}

const isInt32 = (text: string): boolean => /^(0|[1-9]\d*|-\d+)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31

/** What a pod is confined by, and whether it mirrors one that a node was given as a file, stays as it began. */
export function validatePodAnnotationsUpdate({ metadata }: Pod, { metadata: old }: Pod): FieldError[] {
  const [after, before] = [metadata.annotations ?? {}, old.annotations ?? {}]
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => after[key] !== before[key])
  return changed.flatMap((key) => {
    const verb = before[key] === undefined ? 'add' : 'remove or update'
    if (key.startsWith(appArmorPrefix)) return [forbiddenField(at(key), `may not ${verb} AppArmor annotations`)]
    return key === mirror ? [forbiddenField(at(key), `may not ${verb} mirror pod annotation`)] : []
  })
}
