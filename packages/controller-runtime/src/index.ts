export { backoffMs, realClock, sleep, type Clock } from './clock.ts'
export { createLogger, silentLogger, type LogFields, type Logger, type LogLevel } from './logger.ts'
export { kindOf, type KindRef } from './kind-ref.ts'
export { ObjectCache, type Cache, type Indexer } from './object-cache.ts'
export { createInformer, type CacheChange, type ChangeHandler, type Informer, type InformerOptions } from './informer.ts'
export { createInformerFactory, type InformerFactory, type Selection } from './informer-factory.ts'
export { createEventSink, type EventRecorder, type EventSink, type EventSinkOptions, type EventTarget } from './events/event-sink.ts'
export type { EventType } from './events/correlator.ts'
export { KeyedHeap } from './keyed-heap.ts'
export { LruMap } from './lru-map.ts'
export { noMetrics, type ReconcileOutcome, type RuntimeMetrics } from './metrics.ts'
export { WorkQueue, type WorkOptions, type WorkQueueOptions } from './work-queue.ts'
export {
  again,
  done,
  index,
  TerminalError,
  watch,
  type Caches,
  type Controller,
  type ControllerEnvironment,
  type ControllerSpec,
  type IndexSpec,
  type ReconcileContext,
  type ReconcileResult,
  type Watch,
} from './controller.ts'
export { defineController } from './define-controller.ts'
export { onlyThis } from './guarded-client.ts'
export { runControllers, type RunOptions } from './run-controllers.ts'
export { indexServicesBySelector, servicesSelecting } from './services-by-selector.ts'
export { updateStatus, withoutUndefined } from './status.ts'
export { runLeaderElection, type LeaderElectionOptions } from './leader-election.ts'
