import type { CronJob } from '@quarterdeck/api'
import { keyOf, keyString, type ObjectKey } from '@quarterdeck/api-machinery'
import type { ReconcileContext } from '@quarterdeck/controller-runtime'

/** Which schedules one run of the controller has seen, so that a new one isn't taken to have been missed. */
export interface ScheduleMemory {
  /** When the schedule became what it is, if that was seen; else -Infinity. */
  changedAtMs(cronJob: CronJob, nowMs: number): number
  forget(key: ObjectKey): void
}

const memories = new WeakMap<AbortSignal, ScheduleMemory>()

export function scheduleMemoryOf({ signal }: ReconcileContext): ScheduleMemory {
  let memory = memories.get(signal)
  if (!memory) memories.set(signal, (memory = createMemory()))
  return memory
}

function createMemory(): ScheduleMemory {
  const seen = new Map<string, { text: string; sinceMs: number }>()
  return {
    changedAtMs({ metadata, spec }, nowMs) {
      const key = keyString(keyOf({ metadata }))
      const text = `${metadata.uid} ${spec.timeZone ?? ''} ${spec.schedule}`
      const known = seen.get(key)
      if (known?.text === text) return known.sinceMs
      const isChange = known?.text.startsWith(`${metadata.uid} `) ?? false
      const sinceMs = isChange ? nowMs : -Infinity
      seen.set(key, { text, sinceMs })
      return sinceMs
    },
    forget: (key) => void seen.delete(keyString(key)),
  }
}
