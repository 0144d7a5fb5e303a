import { chmod, mkdir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'

import type { Pod, V1Container, V1VolumeMount } from '@quarterdeck/api'
import type { Mount } from '@quarterdeck/runtime'

import type { VolumePaths } from '../volumes/pod-volumes.ts'
import { ContainerConfigError } from './environment.ts'
import { expandVariables } from './expand.ts'

export interface MountContext {
  pod: Pod
  volumes: VolumePaths
  environment: ReadonlyMap<string, string>
  /** Files the kubelet gives to every container, by path in it. */
  ownFiles: ReadonlyMap<string, string>
}

/** Volume mounts, then the kubelet's own files where no volume is mounted over them. */
export async function mountsOf(context: MountContext, spec: V1Container): Promise<Mount[]> {
  const mounts: Mount[] = []
  for (const mount of spec.volumeMounts ?? []) mounts.push(await volumeMountOf(context, mount))
  const taken = new Set(mounts.map((mount) => mount.containerPath))
  for (const [containerPath, hostPath] of context.ownFiles)
    if (!taken.has(containerPath)) mounts.push({ hostPath, containerPath, readOnly: false, propagation: 'private' })
  return mounts
}

async function volumeMountOf(context: MountContext, mount: V1VolumeMount): Promise<Mount> {
  const root = context.volumes.get(mount.name)
  if (root === undefined) throw new ContainerConfigError(`cannot find volume "${mount.name}" to mount into container`)
  const volume = context.pod.spec.volumes?.find((candidate) => candidate.name === mount.name)
  const fromApi = volume?.configMap ?? volume?.secret ?? volume?.downwardAPI ?? volume?.projected
  const subPath = mount.subPathExpr === undefined ? mount.subPath : expandStrictly(mount.subPathExpr, context.environment)
  return {
    hostPath: subPath ? await subPathOf(root, subPath) : root,
    containerPath: isAbsolute(mount.mountPath) ? mount.mountPath : join('/', mount.mountPath),
    readOnly: (mount.readOnly ?? false) || (volume?.persistentVolumeClaim?.readOnly ?? false) || fromApi !== undefined,
    propagation:
      mount.mountPropagation === 'Bidirectional' ? 'rshared' : mount.mountPropagation === 'HostToContainer' ? 'rslave' : 'private',
  }
}

function expandStrictly(text: string, environment: ReadonlyMap<string, string>): string {
  const expanded = expandVariables(text, environment)
  const missing = /\$\([^)]+\)/.exec(expanded)
  if (missing) throw new ContainerConfigError(`subPathExpr refers to an unknown variable: ${missing[0]}`)
  return expanded
}

/**
 * The real path of what is at `subPath`, made as a folder with the volume's own mode if nothing is: who may write to the volume may
 * write there. A link must not lead out of the volume.
 */
async function subPathOf(root: string, subPath: string): Promise<string> {
  if (isAbsolute(subPath) || subPath.split('/').includes('..'))
    throw new ContainerConfigError(`subPath ${JSON.stringify(subPath)} must stay inside the volume`)
  const wanted = join(root, subPath)
  const realRoot = await realpath(root)
  const isThere = await stat(wanted).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    refuseEscape(realRoot, await realpath(await nearestExisting(wanted)))
    await mkdir(wanted, { recursive: true })
    await chmod(wanted, (await stat(realRoot)).mode & 0o7777)
  }
  const real = await realpath(wanted)
  refuseEscape(realRoot, real)
  return real
}

async function nearestExisting(path: string): Promise<string> {
  const parent = join(path, '..')
  return (await stat(path).catch(() => undefined)) ? path : nearestExisting(parent)
}

function refuseEscape(root: string, path: string): void {
  const way = relative(root, path)
  // The folder that the files of a ConfigMap are in begins with two dots, too.
  if (way.split('/')[0] === '..' || isAbsolute(way)) throw new ContainerConfigError('subPath leads out of the volume through a link')
}
