import {
  dns1123SubdomainErrors,
  forbiddenField,
  invalidField,
  requiredField,
  tooLongField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1VolumeAttachmentSource, V1VolumeError } from '../generated/types.ts'
import type { VolumeAttachment } from '../kinds/volume-attachment.ts'
import { validateDriverName } from './driver-name.ts'
import { immutableField } from './immutable.ts'
import { validateInlineVolumeSpec } from './persistent-volume.ts'

const maxMetadataBytes = 256 * 1024
const maxMessageBytes = 1024

export function validateVolumeAttachment({ spec, status }: VolumeAttachment): FieldError[] {
  const metadata = Object.entries(status.attachmentMetadata ?? {})
  const metadataBytes = metadata.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  return [
    ...validateDriverName(spec.attacher, 'spec.attacher'),
    ...validateSource(spec.source ?? {}, 'spec.source'),
    ...dns1123SubdomainErrors(spec.nodeName ?? '').map((m) => invalidField('spec.nodeName', spec.nodeName ?? '', m)),
    ...(metadataBytes > maxMetadataBytes ? [tooLongField('status.attachmentMetadata', maxMetadataBytes)] : []),
    ...validateVolumeError(status.attachError, 'status.attachError'),
    ...validateVolumeError(status.detachError, 'status.detachError'),
  ]
}

function validateSource({ inlineVolumeSpec: inline, persistentVolumeName: name }: V1VolumeAttachmentSource, path: string): FieldError[] {
  const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (inline && name !== undefined) return [forbiddenField(path, exactlyOne)]
  if (inline) return validateInlineVolumeSpec(inline, `${path}.inlineVolumeSpec`)
  if (name === undefined) return [requiredField(path, exactlyOne)]
  if (!name) return [requiredField(`${path}.persistentVolumeName`, 'must specify non empty persistentVolumeName')]
  return dns1123SubdomainErrors(name).map((m) => invalidField(`${path}.persistentVolumeName`, name, m))
}

function validateVolumeError(error: V1VolumeError | undefined, path: string): FieldError[] {
  if (!error) return []
  const { message = '', errorCode = 0 } = error
  return [
    ...(Buffer.byteLength(message) > maxMessageBytes ? [tooLongField(`${path}.message`, maxMessageBytes)] : []),
    ...(errorCode < 0 ? [invalidField(`${path}.errorCode`, errorCode, 'must be between 0 and 2147483647, inclusive')] : []),
  ]
}

export function validateVolumeAttachmentUpdate({ spec }: VolumeAttachment, { spec: old }: VolumeAttachment): FieldError[] {
  return immutableField(spec, old, 'spec')
}
