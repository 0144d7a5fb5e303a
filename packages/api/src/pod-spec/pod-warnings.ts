import { dns1123LabelErrors, parseQuantity, type KubeObject } from '@quarterdeck/api-machinery'

import type { V1Container, V1EphemeralContainer, V1ObjectMeta, V1PodSpec, V1PodTemplateSpec, V1Volume } from '../generated/types.ts'
import { addressWarnings } from '../validation/address-warnings.ts'
import { claimWarnings } from '../volumes/storage-warnings.ts'
import { containersOf } from './containers-of.ts'
import { nodeLabelWarnings, nodeSelectorTermWarnings } from './node-label-warnings.ts'
import { portWarnings } from './port-warnings.ts'
import { volumePathWarnings } from './volume-path-warnings.ts'

const nanoPerUnit = 1_000_000_000n
const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompContainerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/'
const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/'

/** Annotations that nothing reads any more, and what does the same. */
const retiredAnnotations: readonly [key: string, message: string][] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
]

/** Volumes that Kubernetes does not mount any more, by the name it gives them. */
const retiredVolumes: readonly [source: keyof V1Volume, name: string, message: string][] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

/** Of a name that becomes part of host names. `use`: what it is used in. */
export function hostnameWarnings(name: string | undefined, use = 'in Pod names and hostnames'): string[] {
  const errors = name ? dns1123LabelErrors(name) : []
  if (errors.length === 0) return []
  return [`metadata.name: this is used ${use}, which can result in surprising behavior; a DNS label is recommended: [${errors.join(' ')}]`]
}

/** Whether there is something new to warn of: what was stored was warned of then. */
export const hasNewSpec = (object: KubeObject, old: KubeObject | undefined): boolean =>
  !old || old.metadata.generation !== object.metadata.generation

/** Of the template of a workload: told when it is new or its spec has changed. `object` is the workload. */
export function workloadWarnings(
  object: KubeObject & { spec: { template?: V1PodTemplateSpec | undefined } },
  old: KubeObject | undefined,
  options: { namesPods: boolean } = { namesPods: true },
): string[] {
  if (!hasNewSpec(object, old)) return []
  const named = old || !options.namesPods ? [] : hostnameWarnings(object.metadata.name)
  return [...named, ...templateWarnings(object.spec?.template, 'spec.template')]
}

export function templateWarnings(template: V1PodTemplateSpec | undefined, field: string): string[] {
  if (!template?.spec) return []
  return [...podWarnings(template.spec, template.metadata, `${field}.`), ...appArmorWarnings(template.spec, template.metadata, `${field}.`)]
}

/** What a pod says in vain, or in a way that has been replaced. `prefix`: where it stands, with a dot behind. */
export function podWarnings(spec: V1PodSpec, meta: V1ObjectMeta | undefined, prefix = ''): string[] {
  const field = `${prefix}spec`
  const grace = spec.terminationGracePeriodSeconds ?? 0
  return [
    ...placementWarnings(spec, field),
    ...annotationWarnings(spec, meta, `${prefix}metadata.annotations`),
    ...(spec.volumes ?? []).flatMap((volume, i) => volumeWarnings(volume, `${field}.volumes[${i}]`)),
    ...volumePathWarnings(spec.volumes),
    ...twice(
      spec.hostAliases,
      ({ ip }) => ip,
      (i, ip) => `${field}.hostAliases[${i}].ip: duplicate ip ${JSON.stringify(ip)}`,
    ),
    ...twice(
      spec.imagePullSecrets,
      ({ name }) => name,
      (i, name) => `${field}.imagePullSecrets[${i}].name: duplicate name ${JSON.stringify(name)}`,
    ),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, i) =>
      name ? [] : [`${field}.imagePullSecrets[${i}].name: invalid empty name ""`],
    ),
    ...fractionWarnings(spec.overhead, `${field}.overhead`),
    ...containersOf(spec, field).flatMap(({ container, path }) => containerWarnings(container, path)),
    ...portWarnings(spec, field),
    ...(grace < 0 ? [`${field}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`] : []),
    ...affinityWarnings(spec, `${field}.affinity`),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((ip, i) => addressWarnings(ip, `${field}.dnsConfig.nameservers[${i}]`)),
    ...(spec.hostAliases ?? []).flatMap(({ ip }, i) => addressWarnings(ip, `${field}.hostAliases[${i}].ip`)),
  ]
}

function placementWarnings({ nodeSelector = {}, affinity, topologySpreadConstraints = [] }: V1PodSpec, field: string): string[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } =
    affinity?.nodeAffinity ?? {}
  const at = `${field}.affinity.nodeAffinity`
  return [
    ...Object.keys(nodeSelector)
      .toSorted()
      .flatMap((key) => nodeLabelWarnings(key, (message) => `${field}.nodeSelector[${key}]: ${message}`)),
    ...(required?.nodeSelectorTerms ?? []).flatMap((term, i) =>
      nodeSelectorTermWarnings(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`),
    ),
    ...preferred.flatMap(({ preference }, i) =>
      nodeSelectorTermWarnings(preference, `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`, {
        checksValues: true,
      }),
    ),
    ...topologySpreadConstraints.flatMap(({ topologyKey, labelSelector }, i) => {
      const constraint = `${field}.topologySpreadConstraints[${i}]`
      const label = nodeLabelWarnings(topologyKey, (message) => `${constraint}.topologyKey: ${topologyKey} is ${message}`)
      return [...label, ...selectorWarnings(labelSelector, `${constraint}.labelSelector`)]
    }),
  ]
}

const selectorWarnings = (selector: object | undefined, field: string): string[] =>
  selector ? [] : [`${field}: a null labelSelector results in matching no pod`]

function affinityWarnings({ affinity }: V1PodSpec, field: string): string[] {
  if (!affinity) return []
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const {
      requiredDuringSchedulingIgnoredDuringExecution: required = [],
      preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
    } = affinity[kind] ?? {}
    const at = `${field}.${kind}`
    return [
      ...required.flatMap(({ labelSelector }, i) =>
        selectorWarnings(labelSelector, `${at}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector`),
      ),
      ...preferred.flatMap(({ podAffinityTerm }, i) =>
        selectorWarnings(
          podAffinityTerm.labelSelector,
          `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector`,
        ),
      ),
    ]
  })
}

function annotationWarnings(spec: V1PodSpec, meta: V1ObjectMeta | undefined, field: string): string[] {
  const annotations = meta?.annotations
  if (!annotations) return []
  const seccomp = (key: string, hasProfile: boolean): string[] =>
    hasProfile || annotations[key] === undefined
      ? []
      : [`${field}[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`]
  return [
    ...retiredAnnotations.flatMap(([key, message]) => (annotations[key] === undefined ? [] : [`${field}[${key}]: ${message}`])),
    ...seccomp(seccompPodAnnotation, spec.securityContext?.seccompProfile !== undefined),
    ...containersOf(spec, '').flatMap(({ container }) =>
      seccomp(seccompContainerAnnotation + container.name, container.securityContext?.seccompProfile !== undefined),
    ),
  ]
}

/** Of templates only: of a pod the annotation is turned into the field. */
function appArmorWarnings(spec: V1PodSpec, meta: V1ObjectMeta | undefined, prefix: string): string[] {
  const annotations = meta?.annotations
  if (!annotations || spec.securityContext?.appArmorProfile) return []
  return containersOf(spec, '').flatMap(({ container }) => {
    const key = appArmorAnnotation + container.name
    if (annotations[key] === undefined || container.securityContext?.appArmorProfile) return []
    return [`${prefix}metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`]
  })
}

function volumeWarnings(volume: V1Volume, field: string): string[] {
  const claim = volume.ephemeral?.volumeClaimTemplate
  return [
    ...retiredVolumes.flatMap(([source, name, message]) => (volume[source] ? [`${field}.${name}: ${message}`] : [])),
    ...(claim ? claimWarnings(claim.spec, undefined, `${field}.ephemeral.volumeClaimTemplate.spec`) : []),
  ]
}

function containerWarnings({ env = [], resources }: V1Container | V1EphemeralContainer, field: string): string[] {
  const before = new Set<string>()
  const hidden = env.flatMap(({ name, value = '', valueFrom }, i) => {
    const isNew = !before.has(name)
    before.add(name)
    const reference = `$(${name})`
    const extends_ = !valueFrom && value !== reference && value.includes(reference)
    if (isNew || extends_) return []
    return [`${field}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`]
  })
  return [
    ...fractionWarnings(resources?.limits, `${field}.resources.limits`),
    ...fractionWarnings(resources?.requests, `${field}.resources.requests`),
    ...hidden,
  ]
}

function fractionWarnings(amounts: Readonly<Record<string, string>> | undefined, field: string): string[] {
  if (!amounts) return []
  return ['memory', 'ephemeral-storage'].flatMap((name) => {
    const amount = amounts[name]
    if (amount === undefined || (parseQuantity(amount)?.nano ?? 0n) % nanoPerUnit === 0n) return []
    return [`${field}[${name}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`]
  })
}

function twice<T>(
  items: readonly T[] | undefined,
  keyOf: (item: T) => string | undefined,
  say: (index: number, key: string) => string,
): string[] {
  if (!items || items.length < 2) return []
  const seen = new Set<string>()
  return items.flatMap((item, i) => {
    const key = keyOf(item) ?? ''
    if (seen.has(key)) return [say(i, key)]
    seen.add(key)
    return []
  })
}
