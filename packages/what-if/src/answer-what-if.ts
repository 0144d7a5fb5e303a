import type { Kind } from '@quarterdeck/api'
import type { Questions, Sandbox } from '@quarterdeck/scheduler'

import { BudgetLedger } from './budget-ledger.ts'
import { compareUses, usesNow } from './node-uses.ts'
import { mostListed, type Step, type StuckPod, type WhatIfAnswer, type WhatIfQuestion } from './question.ts'
import { Scenario, type Followed } from './scenario.ts'
import { addNodes } from './steps/add-nodes.ts'
import { drainNode } from './steps/drain-node.ts'
import { loseNode } from './steps/lose-node.ts'
import { scaleWorkload } from './steps/scale-workload.ts'

/**
 * What would happen, worked out by the scheduler itself on a copy of the cluster: nothing is stored. Throws NotFound for a node or a
 * workload that is not there, TooManyRequests while many ask. `kinds`: all that may own Pods.
 */
export async function answerWhatIf(
  { steps }: WhatIfQuestion,
  { questions, kinds }: { questions: Questions; kinds: readonly Kind[] },
): Promise<WhatIfAnswer> {
  const startedAt = Date.now()
  let scenario: Scenario | undefined
  return questions.ask(
    {
      withPending: true,
      onPlaced: (pod, node) => scenario?.onPlaced(pod, node),
      onPreempted: ({ victim, preemptor, nodeName }) => scenario?.onPreempted(victim.pod, preemptor.key, nodeName),
    },
    async (sandbox, signal) => {
      // What the scheduler is about to do anyway is not of the question.
      await sandbox.settle(signal)
      const before = usesNow(sandbox)
      const waitingBefore = new Set(sandbox.core.pending.map(({ pod }) => pod.uid))
      scenario = new Scenario(sandbox, new BudgetLedger(sandbox, kinds), signal)
      for (const step of steps) if (!signal.aborted) await take(scenario, step)
      const stillWaiting = sandbox.core.pending.filter(({ pod }) => waitingBefore.has(pod.uid)).length
      const lists = listsOf(scenario)
      return {
        asOf: new Date(startedAt).toISOString(),
        tookMs: Date.now() - startedAt,
        isComplete: !signal.aborted,
        counts: countsOf(lists),
        ...cut(lists),
        waiting: { before: waitingBefore.size, after: stillWaiting },
        nodes: compareUses(before, usesNow(sandbox)).slice(0, mostListed),
        notes: [...scenario.notes],
      }
    },
  )
}

function take(scenario: Scenario, step: Step): Promise<void> {
  switch (step.action) {
    case 'drain':
      return drainNode(scenario, step.node)
    case 'lose':
      return loseNode(scenario, step.node)
    case 'add':
      return addNodes(scenario, step)
    case 'scale':
      return scaleWorkload(scenario, step)
  }
}

type Lists = Pick<WhatIfAnswer, keyof WhatIfAnswer['counts']>

function listsOf({ followed, preempted, blocked, gone, staying, losingData, sandbox }: Scenario): Lists {
  const moved = [...followed.values()].toSorted((a, b) => compare(a.owner ?? '', b.owner ?? '') || compare(a.name, b.name))
  return {
    landed: moved.flatMap(({ uid: _uid, node, ...pod }) => (node === undefined ? [] : [{ ...pod, node }])),
    stuck: moved.filter(({ node }) => node === undefined).map((pod) => stuck(pod, sandbox)),
    preempted,
    blocked,
    gone,
    staying,
    losingData,
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function stuck({ uid, node: _none, ...pod }: Followed, { core }: Sandbox): StuckPod {
  const verdicts = core.verdicts.get(uid, { limit: 0 })
  return { ...pod, message: verdicts?.message ?? whyNotTried(uid, core), summary: verdicts?.summary ?? [] }
}

function whyNotTried(uid: string, core: Sandbox['core']): string {
  const waiting = core.pendingPod(uid)
  if (!waiting) return 'another scheduler places it'
  const gates = [...waiting.rejectedBy]
  return gates.length > 0 ? `it is kept from being tried by ${gates.join(', ')}` : 'it was not tried in time'
}

const countsOf = (lists: Lists): WhatIfAnswer['counts'] => ({
  landed: lists.landed.length,
  stuck: lists.stuck.length,
  preempted: lists.preempted.length,
  blocked: lists.blocked.length,
  gone: lists.gone.length,
  staying: lists.staying.length,
  losingData: lists.losingData.length,
})

const cut = (lists: Lists): Lists => ({
  landed: lists.landed.slice(0, mostListed),
  stuck: lists.stuck.slice(0, mostListed),
  preempted: lists.preempted.slice(0, mostListed),
  blocked: lists.blocked.slice(0, mostListed),
  gone: lists.gone.slice(0, mostListed),
  staying: lists.staying.slice(0, mostListed),
  losingData: lists.losingData.slice(0, mostListed),
})
