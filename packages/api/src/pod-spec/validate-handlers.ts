import {
  forbiddenField,
  invalidField,
  notSupportedField,
  portNameErrors,
  portNumberErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { IntOrString, V1HTTPGetAction, V1Lifecycle, V1LifecycleHandler, V1PodSpec, V1Probe } from '../generated/types.ts'
import { validateStopSignal } from './validate-stop-signal.ts'

interface ProbeOptions {
  /** Liveness and startup probes end with the first success. */
  mustSucceedOnce: boolean
}

export function validateProbe(probe: V1Probe | undefined, path: string, { mustSucceedOnce }: ProbeOptions): FieldError[] {
  if (!probe) return []
  const errors = validateHandler(probe, path, ['exec', 'httpGet', 'tcpSocket', 'grpc'])
  for (const name of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const) {
    const value = probe[name]
    if (value !== undefined && value < 0) errors.push(invalidField(`${path}.${name}`, value, 'must be greater than or equal to 0'))
  }
  if (mustSucceedOnce && (probe.successThreshold ?? 1) !== 1)
    errors.push(invalidField(`${path}.successThreshold`, probe.successThreshold, 'must be 1'))
  if (!mustSucceedOnce && probe.terminationGracePeriodSeconds !== undefined)
    errors.push(
      invalidField(`${path}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 'must not be set for readinessProbes'),
    )
  else if (probe.terminationGracePeriodSeconds !== undefined && probe.terminationGracePeriodSeconds <= 0) {
    errors.push(invalidField(`${path}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 'must be greater than 0'))
  }
  return errors
}

export function validateLifecycle(lifecycle: V1Lifecycle | undefined, spec: V1PodSpec, path: string): FieldError[] {
  const { postStart, preStop, stopSignal } = lifecycle ?? {}
  const errors: FieldError[] = []
  for (const [name, handler] of [
    ['postStart', postStart],
    ['preStop', preStop],
  ] as const) {
    if (!handler) continue
    const at = `${path}.${name}`
    errors.push(...validateHandler(handler, at, ['exec', 'httpGet', 'tcpSocket', 'sleep']), ...validateSleep(handler, spec, at))
  }
  return [...errors, ...validateStopSignal(stopSignal, spec.os?.name, `${path}.stopSignal`)]
}

/** A sleep that outlasts the grace period would be cut off. */
function validateSleep({ sleep }: V1LifecycleHandler, { terminationGracePeriodSeconds: grace }: V1PodSpec, path: string): FieldError[] {
  if (!sleep || grace === undefined || (sleep.seconds >= 0 && sleep.seconds <= grace)) return []
  return [invalidField(`${path}.sleep`, sleep.seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)]
}

type Handler = V1LifecycleHandler & Pick<V1Probe, 'grpc'>

function validateHandler(handler: Handler, path: string, allowed: readonly (keyof Handler)[]): FieldError[] {
  const given = allowed.filter((name) => handler[name] !== undefined)
  if (given.length === 0) return [requiredField(path, 'must specify a handler type')]
  if (given.length > 1) return [forbiddenField(`${path}.${given[1]}`, 'may not specify more than 1 handler type')]
  if (handler.exec && !handler.exec.command?.length) return [requiredField(`${path}.exec.command`)]
  if (handler.httpGet) return validateHttpGet(handler.httpGet, `${path}.httpGet`)
  if (handler.tcpSocket) return validatePort(handler.tcpSocket.port, `${path}.tcpSocket.port`)
  if (handler.grpc) return validatePort(handler.grpc.port, `${path}.grpc.port`)
  return []
}

function validateHttpGet({ path: httpPath, port, scheme }: V1HTTPGetAction, path: string): FieldError[] {
  const errors = validatePort(port, `${path}.port`)
  if (!httpPath) errors.push(requiredField(`${path}.path`))
  if (scheme && scheme !== 'HTTP' && scheme !== 'HTTPS') errors.push(notSupportedField(`${path}.scheme`, scheme, ['HTTP', 'HTTPS']))
  return errors
}

/** A number, or the name of a container port. */
export function validatePort(port: IntOrString | undefined, path: string): FieldError[] {
  if (port === undefined) return [requiredField(path)]
  const messages = typeof port === 'number' ? portNumberErrors(port) : portNameErrors(port)
  return messages.map((m) => invalidField(path, port, m))
}
