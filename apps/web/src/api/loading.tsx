import { Spinner } from '@quarterdeck/ui'

import { useConnection } from './connection.ts'

/** Stands where live data is to come; says so when the server is what it waits for. */
export function Loading() {
  return <Spinner className="p-6" label={useConnection() === 'waiting' ? 'Waiting for the server' : 'Loading'} />
}
