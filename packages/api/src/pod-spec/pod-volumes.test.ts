import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { V1Volume } from '../generated/types.ts'
import { validateVolumes } from './validate-volume.ts'

const v = 'spec.volumes[0]'
const required = (field: string): string => `${v}.${field}: Required value`
const claim = (spec: object): Partial<V1Volume> => ({ ephemeral: { volumeClaimTemplate: { spec } } })
const name = { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } }
const iqn = 'iqn.2001-04.com.example:storage.disk'

const cases: [what: string, volume: Partial<V1Volume>, ...errors: string[]][] = [
  ['a share of no server', { nfs: { server: '', path: '/x' } }, required('nfs.server')],
  ['a relative share', { nfs: { server: 's', path: 'x' } }, `${v}.nfs.path: Invalid value: "x": must be an absolute path`],
  ['a share', { nfs: { server: 's', path: '/x' } }],
  ['a driver without name', { csi: { driver: '' } }, required('csi.driver')],
  ['a driver of a bad name', { csi: { driver: 'a_b' } }, `${v}.csi.driver: Invalid value: "a_b": a lowercase RFC 1123 subdomain`],
  ['a driver in capitals', { csi: { driver: 'Disk.Example' } }],
  ['a target of no name', { iscsi: { targetPortal: 'p', iqn: '', lun: 0 } }, required('iscsi.iqn')],
  [
    'a target of a bad name',
    { iscsi: { targetPortal: 'p', iqn: 'x', lun: 256 } },
    `${v}.iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa`,
    `${v}.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive`,
  ],
  [
    'a target that asks for a password it has not',
    { iscsi: { targetPortal: 'p', iqn, lun: 0, chapAuthSession: true } },
    required('iscsi.secretRef'),
  ],
  ['a target', { iscsi: { targetPortal: 'p', iqn, lun: 0 } }],
  ['no port of a fibre', { fc: {} }, required('fc.targetWWNs')],
  ['a fibre without unit', { fc: { targetWWNs: ['a'] } }, required('fc.lun')],
  ['a block image of nobody', { rbd: { monitors: [], image: '' } }, required('rbd.monitors'), required('rbd.image')],
  ['a disk by its old name', { gcePersistentDisk: { pdName: '' } }, required('persistentDisk.pdName')],
  ['a blob that is none', { azureDisk: { diskName: 'd', diskURI: 'x', kind: 'Shared' } }, `${v}.azureDisk.diskURI: Unsupported value: "x"`],
  [
    'a reserved option',
    { flexVolume: { driver: 'd', options: { 'a.k8s.io/b': '1' } } },
    `${v}.flexVolume.options[a.k8s.io/b]: Invalid value: "a.k8s.io/b": kubernetes.io and k8s.io namespaces are reserved`,
  ],
  [
    'a file of nothing',
    { downwardAPI: { items: [{ path: 'a', mode: 0o1000 }] } },
    `${v}.downwardAPI: Required value: one of fieldRef and resourceFieldRef is required`,
    `${v}.downwardAPI.mode: Invalid value: 512: must be a number between 0 and 0777`,
  ],
  [
    'a file of two things',
    { downwardAPI: { items: [{ path: 'a', ...name, resourceFieldRef: { containerName: 'c', resource: 'limits.cpu' } }] } },
    `${v}.downwardAPI: Invalid value: "resource": fieldRef and resourceFieldRef can not be specified simultaneously`,
  ],
  [
    'a resource of no container',
    { downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'limits.cpu' } }] } },
    required('downwardAPI.resourceFieldRef.containerName'),
  ],
  [
    'a file outside',
    { downwardAPI: { items: [{ path: '/a', ...name }] } },
    `${v}.downwardAPI.path: Invalid value: "/a": must be a relative path`,
  ],
  [
    'two files at one path',
    {
      projected: {
        sources: [{ configMap: { name: 'm', items: [{ key: 'k', path: 'a' }] } }, { downwardAPI: { items: [{ path: 'a', ...name }] } }],
      },
    },
    `${v}.projected: Invalid value: "a": conflicting duplicate paths`,
  ],
  [
    'two kinds in one source',
    { projected: { sources: [{ configMap: { name: 'm' }, secret: { name: 's' } }] } },
    `${v}.projected.sources[0]: Forbidden: may not specify more than 1 volume type per source`,
  ],
  [
    'a bundle of nobody',
    { projected: { sources: [{ clusterTrustBundle: { path: 'a' } }] } },
    `${v}.projected.sources[0].clusterTrustBundle: Required value: either name or signerName must be specified`,
  ],
  [
    'a negative size',
    { emptyDir: { sizeLimit: '-1' } },
    `${v}.emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity`,
  ],
  [
    'an image pulled somehow',
    { image: { reference: 'i', pullPolicy: 'Maybe' } },
    `${v}.image.pullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"`,
  ],
  [
    'a claim of nothing',
    claim({}),
    `${v}.ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required`,
    required('ephemeral.volumeClaimTemplate.spec.resources[storage]'),
  ],
  ['a claim', claim({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } })],
  [
    'three sources',
    { secret: { secretName: '' }, emptyDir: {}, nfs: { server: '', path: '' } },
    `${v}.secret: Forbidden: may not specify more than 1 volume type`,
    `${v}.nfs: Forbidden: may not specify more than 1 volume type`,
  ],
]

describe('a volume that is', () => {
  for (const [what, volume, ...expected] of cases)
    test(`${what} is ${expected.length > 0 ? 'refused' : 'allowed'}`, () => {
      const errors = validateVolumes({ containers: [], volumes: [{ name: 'v', ...volume }] }, 'spec')
      const shown = errors.map((e) => `${e.field}: ${e.message}`)
      assert.equal(shown.length, expected.length, shown.join('\n'))
      for (const [i, text] of expected.entries()) assert.ok(shown[i]!.startsWith(text), `${shown[i]} is not ${text}`)
    })
})
