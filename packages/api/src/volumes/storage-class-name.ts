/** Older spelling of spec.storageClassName, which it outranks. */
export const betaStorageClassAnnotation = 'volume.beta.kubernetes.io/storage-class'

interface HasStorageClass {
  metadata: { annotations?: Record<string, string> | undefined }
  spec: { storageClassName?: string | undefined }
}

/** Name of the storage class of a claim or a volume; '' if it has none. */
export function storageClassNameOf({ metadata, spec }: HasStorageClass): string {
  return metadata.annotations?.[betaStorageClassAnnotation] ?? spec.storageClassName ?? ''
}

/** Whether a claim says what its class is, be it none (''): only one that does not gets the default class. */
export function namesStorageClass({ metadata, spec }: HasStorageClass): boolean {
  return metadata.annotations?.[betaStorageClassAnnotation] !== undefined || spec.storageClassName !== undefined
}
