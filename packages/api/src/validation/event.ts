import { invalidField, qualifiedNameErrors, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { Event } from '../kinds/event.ts'
import { immutableField } from './immutable.ts'

const maxNameBytes = 128
const maxMessageBytes = 1024

/** What core/v1 asks of an event: little of the old kind, all of one that says when it happened (eventTime). */
export function validateEvent(event: Event): FieldError[] {
  return validateAnyEvent(event, 'reportingComponent')
}

function validateAnyEvent(event: Event, controllerField: string): FieldError[] {
  if (!event.eventTime) return validateNamespace(event, ['default'])
  const { reportingComponent = '' } = event
  return [
    ...(event.involvedObject?.namespace ? [] : validateNamespace(event, ['default', 'kube-system'])),
    ...(reportingComponent ? [] : [requiredField(controllerField)]),
    ...qualifiedNameErrors(reportingComponent).map((m) => invalidField(controllerField, reportingComponent, m)),
    ...validateText(event.reportingInstance, 'reportingInstance'),
    ...validateText(event.action, 'action'),
    ...validateText(event.reason, 'reason'),
    ...tooLong(event.message, 'message', maxMessageBytes),
  ]
}

/** An event lives where its object does; those of objects of cluster scope in one of `homes`. */
function validateNamespace({ metadata, involvedObject }: Event, homes: readonly string[]): FieldError[] {
  const namespace = involvedObject?.namespace ?? ''
  const isRight = namespace ? namespace === metadata.namespace : homes.includes(metadata.namespace)
  return isRight ? [] : [invalidField('involvedObject.namespace', namespace, 'does not match event.namespace')]
}

function validateText(text: string | undefined, field: string): FieldError[] {
  return text ? tooLong(text, field, maxNameBytes) : [requiredField(field)]
}

function tooLong(text: string | undefined, field: string, maxBytes: number): FieldError[] {
  return Buffer.byteLength(text ?? '') > maxBytes ? [invalidField(field, '', `can have at most ${maxBytes} characters`)] : []
}

/** As validateEvent, of an event of events.k8s.io/v1. */
export function validateEventV1(event: Event): FieldError[] {
  return validateAnyEvent(event, 'reportingController')
}

/** What events.k8s.io/v1 asks of a new event beyond that. The fields are named as core/v1 names them, as in Kubernetes. */
export function validateEventV1Create(event: Event): FieldError[] {
  const isSet = { ...event.source }.component || { ...event.source }.host
  return [
    ...validateSeries(event),
    ...(event.eventTime ? [] : [requiredField('eventTime')]),
    ...(event.type === 'Normal' || event.type === 'Warning' ? [] : [invalidField('type', '', `has invalid value: ${event.type ?? ''}`)]),
    ...(event.firstTimestamp ? [invalidField('firstTimestamp', '', 'needs to be unset')] : []),
    ...(event.lastTimestamp ? [invalidField('lastTimestamp', '', 'needs to be unset')] : []),
    ...(event.count ? [invalidField('count', '', 'needs to be unset')] : []),
    ...(isSet ? [invalidField('source', '', 'needs to be unset')] : []),
  ]
}

function validateSeries({ series }: Event): FieldError[] {
  if (!series) return []
  return [
    ...((series.count ?? 0) < 2 ? [invalidField('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [requiredField('series.lastObservedTime')]),
  ]
}

const fixedFields = [
  ['involvedObject', 'involvedObject'],
  ['reason', 'reason'],
  ['message', 'message'],
  ['source', 'source'],
  ['firstTimestamp', 'firstTimestamp'],
  ['lastTimestamp', 'lastTimestamp'],
  ['count', 'count'],
  ['type', 'type'],
  ['eventTime', 'eventTime'],
  ['action', 'action'],
  ['related', 'related'],
  ['reportingComponent', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
] as const

/** Through events.k8s.io/v1 only the series of an event changes. */
export function validateEventV1Update(event: Event, old: Event): FieldError[] {
  return fixedFields.flatMap(([name, field]) => immutableField(present(event[name]), present(old[name]), field))
}

/** Clients in Go send empty objects where others send nothing. */
function present(value: unknown): unknown {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
  return isEmpty || value === '' || value === 0 ? undefined : value
}
