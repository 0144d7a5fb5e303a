import type { V1PersistentVolume, V1PersistentVolumeClaim, V1StorageClass } from '@quarterdeck/api'

import { Pairs, type Fact } from '../facts.tsx'
import { ObjectRef } from './object-ref.tsx'

const classRef = (name: string | undefined): Fact => [
  'Class',
  name && <ObjectRef key="class" resource="storageclasses.storage.k8s.io" name={name} />,
]

export function claimFacts({ spec, status }: V1PersistentVolumeClaim): Fact[] {
  return [
    ['Size', sizeText(status?.capacity?.['storage'], spec?.resources?.requests?.['storage'])],
    ['Volume', spec?.volumeName ? <ObjectRef key="volume" resource="persistentvolumes" name={spec.volumeName} /> : 'none yet'],
    classRef(spec?.storageClassName),
    ['Access', (status?.accessModes ?? spec?.accessModes)?.join(', ')],
    ['Used as', spec?.volumeMode === 'Block' ? 'block device' : 'file system'],
  ]
}

function sizeText(has: string | undefined, asked: string | undefined): string {
  if (!has) return `${asked ?? 'nothing'} asked for`
  return asked && asked !== has ? `${has}, ${asked} asked for` : has
}

/** Fields of a volume's spec that are not its source. */
const notSources = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
])

const afterwards: Readonly<Record<string, string>> = {
  Delete: 'it is deleted when its claim is',
  Retain: 'it is kept when its claim is deleted',
  Recycle: 'it is emptied when its claim is deleted',
}

export function volumeFacts({ spec }: V1PersistentVolume): Fact[] {
  if (!spec) return []
  const [source, details] = Object.entries(spec).find(([field]) => !notSources.has(field)) ?? []
  const { name, namespace } = spec.claimRef ?? {}
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? []
  return [
    ['Size', spec.capacity?.['storage']],
    [
      'Claim',
      name && (
        <ObjectRef key="claim" resource="persistentvolumeclaims" namespace={namespace} name={name}>{`${namespace}/${name}`}</ObjectRef>
      ),
    ],
    classRef(spec.storageClassName),
    ['Afterwards', afterwards[spec.persistentVolumeReclaimPolicy ?? 'Retain']],
    ['Access', spec.accessModes?.join(', ')],
    ['Used as', spec.volumeMode === 'Block' ? 'block device' : 'file system'],
    ['Source', source && <Pairs key="source" pairs={{ type: source, ...flat(details) }} />],
    [
      'Only on nodes',
      terms.length > 0 &&
        terms.map((term) => (
          <code key={JSON.stringify(term)} className="block font-mono text-xs">
            {term.matchExpressions?.map(({ key, operator, values }) => `${key} ${operator} ${values?.join(', ') ?? ''}`).join(' and ')}
          </code>
        )),
    ],
    ['Mount options', spec.mountOptions?.join(', ')],
  ]
}

export function storageClassFacts(storageClass: V1StorageClass): Fact[] {
  const { provisioner, reclaimPolicy = 'Delete', volumeBindingMode, allowVolumeExpansion, parameters, mountOptions } = storageClass
  return [
    ['Provisioner', provisioner],
    ['Volumes', afterwards[reclaimPolicy]],
    ['Binds', volumeBindingMode === 'WaitForFirstConsumer' ? 'when a pod uses the claim' : 'at once'],
    ['Claims can grow', allowVolumeExpansion ? 'yes' : 'no'],
    ['Parameters', parameters && <Pairs key="parameters" pairs={parameters} />],
    ['Mount options', mountOptions?.join(', ')],
  ]
}

function flat(details: unknown): Record<string, string> {
  const entries = Object.entries((details ?? {}) as Record<string, unknown>)
  return Object.fromEntries(entries.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]))
}
