import { configTrouble } from './config-trouble.ts'
import { imageReasons, imageTrouble } from './image-trouble.ts'
import type { State } from './state.ts'

interface Terminated {
  exitCode: number
  reason?: string | undefined
  signal?: number | undefined
  message?: string | undefined
}

/** A container with its spec, which knows its limits and its probes: as much of both as its state depends on. */
export interface ContainerOf {
  spec:
    | {
        image?: string | undefined
        resources?: { limits?: Readonly<Record<string, string>> | undefined } | undefined
        readinessProbe?: object | undefined
        startupProbe?: object | undefined
      }
    | undefined
  status: {
    name: string
    image?: string | undefined
    ready: boolean
    started?: boolean | undefined
    restartCount: number
    state?:
      | {
          running?: object | undefined
          waiting?: { reason?: string | undefined; message?: string | undefined } | undefined
          terminated?: Terminated | undefined
        }
      | undefined
    lastState?: { terminated?: Terminated | undefined } | undefined
  }
}

const inCreation: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing'])

/** How a container is; undefined before its node has said anything. */
export function containerState(container: ContainerOf): State | undefined {
  const { state, ready } = container.status
  const trouble = containerTrouble(container)
  if (trouble) return trouble
  if (state?.terminated) return { text: 'Completed', tone: 'neutral' }
  if (state?.waiting) return { text: 'Waiting', tone: 'progress' }
  if (!state?.running) return undefined
  return ready ? { text: 'Running', tone: 'good' } : { text: 'Not ready', tone: 'warning', reason: unreadyReason(container) }
}

/** What keeps a container from running, or ended it; undefined for one that runs, or ended well. */
export function containerTrouble(container: ContainerOf): State | undefined {
  const { spec, status } = container
  const { waiting, terminated } = status.state ?? {}
  if (terminated) return terminated.exitCode === 0 ? undefined : endedState(container, terminated)
  if (!waiting?.reason) return undefined
  const { reason, message } = waiting
  if (inCreation.has(reason)) return { text: reason, tone: 'progress', reason: message }
  if (imageReasons.has(reason)) return imageTrouble(spec?.image ?? status.image ?? '', waiting)
  if (reason === 'CreateContainerConfigError') return configTrouble(status.name, message)
  if (reason === 'CrashLoopBackOff') return crashLoopState(container, message)
  return { text: reason, tone: 'bad', reason: `${status.name} can’t be started`, detail: message }
}

function crashLoopState(container: ContainerOf, message: string | undefined): State {
  const last = container.status.lastState?.terminated
  if (!last) return { text: 'CrashLoopBackOff', tone: 'bad', reason: `${container.status.name} ends again and again`, detail: message }
  const { text, reason, detail } = endedState(container, last)
  return { text: text === 'OOMKilled' ? text : 'CrashLoopBackOff', tone: 'bad', reason, detail: detail ?? message }
}

function endedState({ spec, status: { name, restartCount } }: ContainerOf, { reason, exitCode, signal, message }: Terminated): State {
  const detail = message || undefined
  const times = restartCount > 0 ? ` for the ${ordinal(restartCount + 1)} time` : ''
  if (reason === 'OOMKilled') {
    const limit = spec?.resources?.limits?.['memory']
    return { text: reason, tone: 'bad', reason: `${name} was OOMKilled${limit ? ` at its limit of ${limit}` : ''}${times}`, detail }
  }
  if (reason === 'ContainerCannotRun' || reason === 'StartError')
    return { text: reason, tone: 'bad', reason: `${name} can’t be started${times}`, detail }
  const how = signal ? `was ended by signal ${signal}` : `exited with code ${exitCode}`
  return { text: reason ?? (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`), tone: 'bad', reason: `${name} ${how}${times}`, detail }
}

/** Why a container that runs is not ready. */
export function unreadyReason({ spec, status: { name, started } }: ContainerOf): string {
  if (spec?.startupProbe && started === false) return `the startup probe of ${name} has not succeeded yet`
  return spec?.readinessProbe ? `the readiness probe of ${name} fails` : `${name} is not ready`
}

function ordinal(number: number): string {
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th' }[new Intl.PluralRules('en', { type: 'ordinal' }).select(number) as 'one']
  return `${number}${ending}`
}
