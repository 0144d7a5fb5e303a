import { readFileSync } from 'node:fs'

import { SettingError } from '@quarterdeck/process'
import { ConfigurationError, readConfiguration, type SchedulerConfiguration } from '@quarterdeck/scheduler'

/** The scheduler's configuration of a file in kube-scheduler's format. Throws SettingError that says what is wrong in it. */
export function readSchedulerConfiguration(path: string | undefined): SchedulerConfiguration {
  if (path === undefined) return {}
  try {
    return readConfiguration(readFileSync(path, 'utf8'), path)
  } catch (error) {
    if (error instanceof ConfigurationError) throw new SettingError(`QUARTERDECK_SCHEDULER_CONFIG: ${error.message}`)
    const { code, message } = error as NodeJS.ErrnoException
    throw new SettingError(`QUARTERDECK_SCHEDULER_CONFIG: ${path} can't be read: ${code ?? message}`)
  }
}
