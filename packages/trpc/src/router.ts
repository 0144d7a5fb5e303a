import { resizeClaim } from './claims/resize-claim.ts'
import { summary } from './cluster/summary.ts'
import { followControlPlane } from './control-plane/follow-control-plane.ts'
import { exampleManifest } from './documents/example.ts'
import { listKinds } from './kinds/list.ts'
import { streamLogs } from './logs/stream.ts'
import { drainPreview } from './nodes/drain-preview.ts'
import { drainNode } from './nodes/drain.ts'
import { setSchedulable } from './nodes/set-schedulable.ts'
import { applyDocuments } from './objects/apply.ts'
import { deletedObjects } from './objects/deleted.ts'
import { deleteObjects } from './objects/delete.ts'
import { getObject } from './objects/get.ts'
import { objectHistory } from './objects/history.ts'
import { inspectObject } from './objects/inspect.ts'
import { listObjects } from './objects/list.ts'
import { relatedObjects } from './objects/related.ts'
import { restartObjects } from './objects/restart.ts'
import { restoreObject } from './objects/restore.ts'
import { scaleObjects } from './objects/scale.ts'
import { searchObjects } from './objects/search.ts'
import { updateObject } from './objects/update.ts'
import { watchObjects } from './objects/watch.ts'
import { objectWindow } from './objects/window.ts'
import { evictPods } from './pods/evict.ts'
import { explainPod } from './scheduling/explain-pod.ts'
import { whatIf } from './scheduling/what-if.ts'
import { me, signIn, signOut } from './session/session.ts'
import { router } from './trpc.ts'
import { listRevisions } from './workloads/list-revisions.ts'
import { nextRuns } from './workloads/next-runs.ts'
import { rollBack } from './workloads/roll-back.ts'
import { runCronJob } from './workloads/run-cron-job.ts'
import { setPaused } from './workloads/set-paused.ts'
import { setSuspended } from './workloads/set-suspended.ts'

export const appRouter = router({
  session: router({ signIn, signOut, me }),
  kinds: router({ list: listKinds }),
  objects: router({
    list: listObjects,
    get: getObject,
    watch: watchObjects,
    window: objectWindow,
    search: searchObjects,
    inspect: inspectObject,
    related: relatedObjects,
    applyAll: applyDocuments,
    update: updateObject,
    delete: deleteObjects,
    scale: scaleObjects,
    restart: restartObjects,
    history: objectHistory,
    deleted: deletedObjects,
    restore: restoreObject,
  }),
  workloads: router({ runCronJob, nextRuns, setSuspended, setPaused, listRevisions, rollBack }),
  nodes: router({ setSchedulable, drainPreview, drain: drainNode }),
  pods: router({ evict: evictPods }),
  scheduling: router({ explain: explainPod, whatIf }),
  claims: router({ resize: resizeClaim }),
  logs: router({ stream: streamLogs }),
  controlPlane: router({ follow: followControlPlane }),
  cluster: router({ summary, exampleManifest }),
})

export type AppRouter = typeof appRouter
