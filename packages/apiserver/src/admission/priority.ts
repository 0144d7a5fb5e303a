import { pods, priorityClasses, systemPriorityClasses, type Pod, type PriorityClass } from '@quarterdeck/api'
import { forbidden } from '@quarterdeck/api-machinery'

import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'

/** Gives a new pod the priority of the class it names, or of the default class, and keeps there from being two defaults (Priority). */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  resources: [pods.resource, priorityClasses.resource],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  async admit(attributes) {
    if (attributes.operation === 'DELETE') return keepSystemClass(attributes)
    if (attributes.kind.resource === priorityClasses.resource) return checkDefault(attributes)
    if (attributes.operation === 'CREATE') return setPriority(attributes)
    const [pod, old] = [attributes.object as Pod, attributes.old as Pod]
    pod.spec.priority ??= old.spec.priority
    pod.spec.preemptionPolicy ??= old.spec.preemptionPolicy
  },
}

/** Pods of the system name these classes: without them no such pod could be created any more. */
function keepSystemClass({ kind, name }: AdmissionAttributes): void {
  if (kind.resource !== priorityClasses.resource || !systemPriorityClasses.some((known) => known.name === name)) return
  const resource = { group: 'scheduling.k8s.io', resource: 'priorityclasses' }
  throw forbidden(resource, name, 'this is a system priority class and cannot be deleted')
}

async function setPriority(attributes: AdmissionAttributes): Promise<void> {
  const { spec } = attributes.object as Pod
  const { name, value, policy } = await classOf(attributes, spec.priorityClassName)
  const refuse = (why: string) => forbidden({ group: '', resource: 'pods' }, attributes.name, why)
  if (spec.priority !== undefined && spec.priority !== value)
    throw refuse(
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    )
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy)
    throw refuse(
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    )
  if (name) spec.priorityClassName = name
  spec.priority = value
  spec.preemptionPolicy = policy
}

interface Priority {
  name: string | undefined
  value: number
  policy: string
}

async function classOf(attributes: AdmissionAttributes, name: string | undefined): Promise<Priority> {
  const found = name ? await namedClass(attributes, name) : await defaultClass(attributes)
  return {
    name: found?.metadata.name,
    value: found?.value ?? 0,
    policy: found?.preemptionPolicy ?? 'PreemptLowerPriority',
  }
}

async function namedClass({ reader, name: podName }: AdmissionAttributes, name: string): Promise<PriorityClass> {
  const stored = await reader.read(priorityClasses.resource, '', name)
  if (!stored) throw forbidden({ group: '', resource: 'pods' }, podName, `no PriorityClass with name ${name} was found`)
  return stored.object
}

/** Two servers may each have let one in: then the lowest counts. */
async function defaultClass({ reader }: AdmissionAttributes): Promise<PriorityClass | undefined> {
  const classes = (await reader.list(priorityClasses.resource)).map(({ object }) => object as PriorityClass)
  return classes.filter(({ globalDefault }) => globalDefault).toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0]
}

async function checkDefault(attributes: AdmissionAttributes): Promise<void> {
  const { globalDefault, metadata } = attributes.object as PriorityClass
  if (!globalDefault) return
  const other = await defaultClass(attributes)
  if (other && (attributes.operation === 'CREATE' || other.metadata.name !== metadata.name))
    throw forbidden(
      { group: 'scheduling.k8s.io', resource: 'priorityclasses' },
      attributes.name,
      `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`,
    )
}
