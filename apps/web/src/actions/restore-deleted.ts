import type { KindInfo } from '@quarterdeck/trpc'

import { api, messageOf } from '../api/trpc.ts'
import { reportEach } from './report.tsx'
import { nameTargets, plain, type ActionTarget } from './target.ts'

/** Makes deleted objects anew as they last were. */
export async function restoreDeleted(kind: KindInfo, targets: readonly ActionTarget[]): Promise<void> {
  await reportEach(`${nameTargets(kind, targets)}: restored`, () =>
    Promise.all(
      plain(targets).map(async (target) => {
        try {
          const [latest] = await api.objects.history.query({ ...target, limit: 1 })
          if (latest) await api.objects.restore.mutate({ ...target, revision: latest.revision })
          return { target, error: latest ? undefined : { message: `nothing is remembered of ${target.name}` } }
        } catch (error) {
          return { target, error: { message: messageOf(error) } }
        }
      }),
    ),
  )
}
