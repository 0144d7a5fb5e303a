import { nodes, podDisruptionBudgets, pods, type Pod } from '@quarterdeck/api'
import { isApiError, httpStatusOf, type Draft } from '@quarterdeck/api-machinery'
import type { ApiServer } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { runControllers } from '@quarterdeck/controller-runtime'
import { createScheduler, type Questions } from '@quarterdeck/scheduler'
import { answerWhatIf, questionSchema } from '@quarterdeck/what-if'

const waiting: Draft<Pod> = {
  metadata: { name: 'planner-0', namespace: 'monitoring', labels: { app: 'planner' } },
  spec: {
    nodeSelector: { 'topology.kubernetes.io/zone': 'zone-1' },
    containers: [{ name: 'planner', image: 'registry.example/planner:2.0', resources: { requests: { cpu: '9', memory: '4Gi' } } }],
  },
  status: {},
}

/** Makes as if the worker answered questions about scheduling: a real scheduler, which may read everything and write nothing. */
export async function answerQuestions(server: ApiServer, client: Client, signal: AbortSignal): Promise<void> {
  await client.create(pods, waiting)
  await client.create(podDisruptionBudgets, {
    metadata: { name: 'everything', namespace: 'monitoring' },
    spec: { minAvailable: '95%', selector: {} },
  })
  const taint = { key: 'dedicated', value: 'database', effect: 'NoSchedule' }
  await client.patch(nodes, { namespace: '', name: 'node-5' }, { spec: { taints: [taint] } }, { type: 'merge' })
  const scheduler = createScheduler()
  void runControllers({ controllers: [scheduler.controller], client: readOnly(client), signal })
  const { get } = server.worker
  server.worker.get = (path) => {
    const url = new URL(path, 'http://worker')
    const podUid = /^\/scheduling\/([^/]+)$/.exec(url.pathname)?.[1]
    if (!podUid) return get.call(server.worker, path)
    const { searchParams: query } = url
    return answered(scheduler.questions, (questions) =>
      questions.explain(podUid, {
        withChanges: query.get('changes') === 'true',
        offset: Number(query.get('offset')),
        limit: Number(query.get('limit')),
        search: query.get('search') ?? '',
        plugin: query.get('plugin') || undefined,
      }),
    )
  }
  server.worker.post = (_path, body) =>
    answered(scheduler.questions, (questions) => answerWhatIf(questionSchema.parse(body), { questions, kinds: server.core.registry.kinds }))
}

function readOnly(client: Client): Client {
  const refuse = (): Promise<never> => Promise.reject(new Error('fixtures are not scheduled'))
  return { ...client, list: client.list.bind(client), get: client.get.bind(client), watch: client.watch.bind(client), ...refusing(refuse) }
}

const refusing = (refuse: () => Promise<never>): Pick<Client, 'create' | 'update' | 'patch' | 'delete' | 'createSubresource'> => ({
  create: refuse,
  update: refuse,
  patch: refuse,
  delete: refuse,
  createSubresource: refuse,
})

async function answered(questions: Questions | undefined, ask: (questions: Questions) => Promise<unknown>) {
  if (!questions) return { status: 503, text: 'the scheduler has not begun yet' }
  try {
    const answer = await ask(questions)
    return answer ? { status: 200, text: JSON.stringify(answer) } : { status: 404, text: 'not found' }
  } catch (error) {
    return { status: isApiError(error) ? httpStatusOf[error.reason] : 500, text: (error as Error).message }
  }
}
