import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'

import type { Pod } from '@quarterdeck/api'

const run = promisify(execFile)

/**
 * Gives everything in a persistent volume to the pod's fsGroup, as fsGroupChangePolicy says: always, or only if the volume's own
 * folder isn't the group's yet. New files inherit the group. Without fsGroup nothing changes.
 */
export async function giveToGroup(pod: Pod, path: string): Promise<void> {
  const { fsGroup, fsGroupChangePolicy } = pod.spec.securityContext ?? {}
  if (fsGroup === undefined) return
  if (fsGroupChangePolicy === 'OnRootMismatch' && (await belongsTo(path, fsGroup))) return
  // Links are changed themselves and never followed.
  await run('chgrp', ['-hR', String(fsGroup), path])
  await run('chmod', ['-R', 'g+rwX', path])
  await run('find', [path, '-type', 'd', '-exec', 'chmod', 'g+s', '{}', '+'])
}

async function belongsTo(path: string, group: number): Promise<boolean> {
  const { gid, mode } = await stat(path)
  return gid === group && (mode & 0o2070) === 0o2070
}
