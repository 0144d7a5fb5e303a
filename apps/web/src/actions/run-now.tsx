import type { KindInfo } from '@quarterdeck/trpc'
import { toast } from 'sonner'

import { api, messageOf } from '../api/trpc.ts'
import { navigate } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { nameTargets, type ActionTarget } from './target.ts'

/** Starts a Job of a CronJob and leads to it. */
export function runNow(kind: KindInfo, target: ActionTarget): void {
  const { namespace, name } = target
  api.workloads.runCronJob.mutate({ namespace, name }).then(
    ({ jobName }) =>
      toast.success(`Job ${jobName} is started`, {
        action: { label: 'Show it', onClick: () => navigate(objectHref({ resource: 'jobs.batch', namespace, name: jobName })) },
      }),
    (error: unknown) => toast.error(`Not run: ${nameTargets(kind, [target])}`, { description: messageOf(error), duration: 12_000 }),
  )
}
