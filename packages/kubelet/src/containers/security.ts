import type { Pod, V1Container } from '@quarterdeck/api'
import type { ContainerSecurity, ImageDetail } from '@quarterdeck/runtime'

import { ContainerConfigError } from './environment.ts'

/** The container's security context over the pod's. Throws ContainerConfigError if it must not run as root and would. */
export function securityOf(pod: Pod, spec: V1Container, image: ImageDetail): ContainerSecurity {
  const own = spec.securityContext ?? {}
  const shared = pod.spec.securityContext ?? {}
  const uid = own.runAsUser ?? shared.runAsUser
  const gid = own.runAsGroup ?? shared.runAsGroup
  if (own.runAsNonRoot ?? shared.runAsNonRoot) refuseRoot(pod, spec, { uid, imageUser: image.user })
  const user = uid === undefined ? (gid === undefined ? '' : image.user.split(':')[0] || '0') : String(uid)
  const seccomp = own.seccompProfile ?? shared.seccompProfile
  return {
    privileged: own.privileged ?? false,
    user: gid === undefined ? user : `${user}:${gid}`,
    supplementalGroups: [...(shared.supplementalGroups ?? []), ...(shared.fsGroup === undefined ? [] : [shared.fsGroup])],
    capabilitiesAdd: own.capabilities?.add ?? [],
    capabilitiesDrop: own.capabilities?.drop ?? [],
    readOnlyRootFilesystem: own.readOnlyRootFilesystem ?? false,
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    seccompUnconfined: seccomp?.type === 'Unconfined',
    unmaskedProc: own.procMount === 'Unmasked',
  }
}

function refuseRoot(pod: Pod, spec: V1Container, { uid, imageUser }: { uid: number | undefined; imageUser: string }): void {
  const where = `(pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${spec.name})`
  if (uid === 0) throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${where}`)
  if (uid !== undefined) return
  const [name = ''] = imageUser.split(':')
  if (name === '' || name === '0') throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${where}`)
  if (!/^\d+$/.test(name))
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root ${where}`,
    )
}
