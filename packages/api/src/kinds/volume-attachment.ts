import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1VolumeAttachment } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateVolumeAttachment, validateVolumeAttachmentUpdate } from '../validation/volume-attachment.ts'

export type VolumeAttachment = ClusterScoped<V1VolumeAttachment, 'status'>

export const volumeAttachments = defineKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  scope: 'Cluster',
  model: 'V1VolumeAttachment',
  hasStatus: true,
  columns: [
    nameColumn,
    { name: 'Attacher', type: 'string', format: 'name', description: 'Who attaches it.', priority: 0, value: (o) => o.spec.attacher },
    { name: 'PV', type: 'string', description: 'The volume.', priority: 0, value: (o) => o.spec.source.persistentVolumeName ?? '' },
    { name: 'Node', type: 'string', description: 'The node.', priority: 0, value: (o) => o.spec.nodeName },
    {
      name: 'Attached',
      type: 'boolean',
      description: 'Whether the volume is attached to the node.',
      priority: 0,
      value: (o) => o.status.attached,
    },
    ageColumn,
  ],
  prepareForCreate(object) {
    object.status = { attached: false }
  },
  validate: validateVolumeAttachment,
  validateUpdate: validateVolumeAttachmentUpdate,
  validateStatusUpdate: validateVolumeAttachment,
})
