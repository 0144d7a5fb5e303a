import type { Verb } from '@quarterdeck/api'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What a request is counted under. */
export interface RequestLabels {
  verb: string
  resource: string
  subresource: string
}

/** The names of verbs in the figures, as Kubernetes has them. */
export const verbLabels: Readonly<Record<Verb, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
}

/** The figures of one API server, named as Kubernetes names them. */
export interface ApiMetrics {
  registry: Registry
  /** Call when a request has been answered. */
  observe(labels: RequestLabels & { code: number }, seconds: number): void
  watchOpened(): void
  watchClosed(): void
}

export function createApiMetrics(): ApiMetrics {
  const registry = new Registry()
  const requests = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests answered, by verb, resource and HTTP code.',
    labelNames: ['verb', 'resource', 'subresource', 'code'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'Time to answer, by verb and resource. Watches are not counted.',
    labelNames: ['verb', 'resource', 'subresource'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  const watches = new Gauge({ name: 'apiserver_longrunning_requests', help: 'Watches that are open.', registers: [registry] })
  return {
    registry,
    observe({ code, ...labels }, seconds) {
      requests.inc({ ...labels, code })
      if (labels.verb !== verbLabels.watch) duration.observe({ ...labels }, seconds)
    },
    watchOpened: () => watches.inc(),
    watchClosed: () => watches.dec(),
  }
}
