import type { Pod } from '@quarterdeck/api'
import type { Controller, ControllerEnvironment, EventRecorder } from '@quarterdeck/controller-runtime'

import type { SchedulerConfiguration } from './configuration/configuration.ts'
import { createProfiles, defaultSchedulerName } from './configuration/create-profiles.ts'
import { Questions } from './explain/questions.ts'
import { followCluster } from './follow-cluster.ts'
import { createInformerCaches } from './informer-caches.ts'
import type { PluginCaches } from './plugin-caches.ts'
import { createDefaultBinder } from './plugins/default-binder/default-binder.ts'
import { createVictimEvictor } from './preempt-victim.ts'
import { createPodConditionWriter } from './pod-condition-writer.ts'
import { SchedulerCore, type SchedulerMetrics } from './scheduler-core.ts'

export interface SchedulerOptions {
  /** Default: the default profile alone. */
  configuration?: SchedulerConfiguration
  maxInFlight?: number
  metrics?: SchedulerMetrics
}

export interface Scheduler {
  controller: Controller
  /** Answers questions of why and what if; undefined while another process leads. */
  readonly questions: Questions | undefined
  /** Pods by where they wait; zero while another process leads. */
  sizes(): SchedulerCore['sizes']
}

const idle = { active: 0, backoff: 0, unschedulable: 0, gated: 0, binding: 0 }

/** The scheduler as a controller: informers tell it of nodes and Pods, the binding subresource stores its decisions. */
export function createScheduler(options: SchedulerOptions = {}): Scheduler {
  let core: SchedulerCore | undefined
  let questions: Questions | undefined
  return {
    get questions() {
      return questions
    },
    sizes: () => core?.sizes ?? idle,
    controller: {
      name: 'scheduler',
      run: async (environment) => {
        const caches = createInformerCaches(environment.informers)
        core = coreFor(options, caches, environment)
        try {
          const unfollow = await followCluster(core, environment.informers)
          questions = new Questions(core, { configuration: options.configuration ?? {}, caches })
          await core.run(environment.signal)
          unfollow()
        } finally {
          caches.close()
          core = undefined
          questions = undefined
        }
      },
    },
  }
}

function coreFor(options: SchedulerOptions, caches: PluginCaches, { client, clock, log, recorder }: ControllerEnvironment): SchedulerCore {
  const recorders = new Map<string, EventRecorder>()
  /** Events come from the scheduler that the Pod names. */
  const event: EventRecorder['event'] = (object, ...what) => {
    const { schedulerName = defaultSchedulerName } = (object as Pod).spec
    const known = recorders.get(schedulerName) ?? recorder(schedulerName)
    recorders.set(schedulerName, known)
    known.event(object, ...what)
  }
  const events: EventRecorder = { event }
  const conditions = createPodConditionWriter(client, { clock, log })
  const { configuration = {}, maxInFlight, metrics } = options
  return new SchedulerCore({
    backoff: backoffOf(configuration),
    profiles: (core) =>
      createProfiles(configuration, {
        core,
        clock,
        binder: createDefaultBinder(client),
        caches,
        client,
        preempt: createVictimEvictor(client, { clock, events, log }),
        onPreemption: (victims) => metrics?.preempted?.(victims),
      }),
    clock,
    ...(maxInFlight ? { maxInFlight } : {}),
    ...(metrics ? { metrics } : {}),
    reports: {
      binding: ({ metadata }) => conditions.end(metadata.uid),
      scheduled: (pod, nodeName) =>
        events.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${nodeName}`),
      unschedulable: (pod, message, nominatedNodeName) => {
        events.event(pod, 'Warning', 'FailedScheduling', message)
        conditions.set(pod, { reason: 'Unschedulable', message, nominatedNodeName })
      },
      nominationCleared: (pod) => conditions.clearNomination(pod),
      gated: (pod, message) =>
        conditions.set(
          pod,
          pod.spec.schedulingGates?.length
            ? { reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' }
            : { reason: 'Unschedulable', message },
        ),
      failed: (pod, error) => {
        const message = error instanceof Error ? error.message : String(error)
        log.warn('a pod could not be bound and will be tried again', { pod: pod.metadata.name, namespace: pod.metadata.namespace, error })
        events.event(pod, 'Warning', 'FailedScheduling', `binding rejected: ${message}`)
        conditions.set(pod, { reason: 'SchedulerError', message: `binding rejected: ${message}` })
      },
    },
  })
}

function backoffOf({ podInitialBackoffSeconds, podMaxBackoffSeconds }: SchedulerConfiguration) {
  return {
    ...(podInitialBackoffSeconds === undefined ? {} : { initialBackoffMs: podInitialBackoffSeconds * 1000 }),
    ...(podMaxBackoffSeconds === undefined ? {} : { maxBackoffMs: podMaxBackoffSeconds * 1000 }),
  }
}
