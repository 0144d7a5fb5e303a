import { createServer } from 'node:net'

import { SettingError } from '@quarterdeck/process'

/** Throws SettingError, naming the option, for a port that cannot be listened on. */
export async function checkPort(port: number, host: string, option: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? 'is in use'
          : error.code === 'EACCES'
            ? 'may not be used without more rights'
            : `cannot be listened on (${error.message})`
      reject(new SettingError(`port ${port} on ${host} ${why}: choose another with ${option}`))
    })
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}
