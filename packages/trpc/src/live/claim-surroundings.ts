import { defaultClassOf, type PersistentVolumeClaim, type StorageClass } from '@quarterdeck/api'

import type { LiveKind } from './live-kind.ts'
import type { Surroundings } from './surroundings.ts'

/** Around a claim: its StorageClass. */
export function claimSurroundings(storageClasses: LiveKind): Surroundings {
  let stop: (() => void) | undefined
  const classNamed = (name: string | undefined): StorageClass | undefined =>
    name === undefined
      ? defaultClassOf([...storageClasses.rows()].map(({ object }) => object as StorageClass))
      : (storageClasses.get('', name)?.object as StorageClass | undefined)
  return {
    of: (object) => ({ storageClass: classNamed((object as PersistentVolumeClaim).spec.storageClassName) ?? null }),
    listen: (listener) => void (stop = storageClasses.follow(() => listener(undefined))),
    close: () => stop?.(),
  }
}
