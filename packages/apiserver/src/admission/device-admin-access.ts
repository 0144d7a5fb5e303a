import {
  namespaces,
  resourceClaims,
  resourceClaimTemplates,
  type Namespace,
  type ResourceClaim,
  type ResourceClaimTemplate,
} from '@quarterdeck/api'
import { forbiddenField, invalid } from '@quarterdeck/api-machinery'

import type { AdmissionPlugin } from './admission.ts'

const label = 'resource.kubernetes.io/admin-access'

/** Lets claims ask for devices that others use, as administrators may, only in namespaces that are labelled for it. */
export const deviceAdminAccess: AdmissionPlugin = {
  name: 'DeviceAdminAccess',
  phase: 'validating',
  resources: [resourceClaims.resource, resourceClaimTemplates.resource],
  operations: ['CREATE'],
  async admit({ kind, object, namespace, name, reader }) {
    const isTemplate = kind.resource === resourceClaimTemplates.resource
    const spec = isTemplate ? (object as ResourceClaimTemplate).spec.spec : (object as ResourceClaim).spec
    const i = spec.devices?.requests?.findIndex(({ exactly }) => exactly?.adminAccess) ?? -1
    if (i < 0) return
    const stored = await reader.read(namespaces.resource, '', namespace)
    if ((stored?.object as Namespace | undefined)?.metadata.labels?.[label] === 'true') return
    const detail = `admin access to devices requires the \`${label}: true\` label on the containing namespace`
    throw invalid(kind, name, [forbiddenField(`spec.devices.requests[${i}].adminAccess`, detail)])
  },
}
