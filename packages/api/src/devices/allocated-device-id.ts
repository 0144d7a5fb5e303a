interface AllocatedDevice {
  driver: string
  pool: string
  device: string
  shareID?: string | undefined
}

/** Tells devices, and shares of devices, apart: `driver/pool/device`, and the share. */
export function allocatedDeviceId({ driver, pool, device, shareID }: AllocatedDevice): string {
  const id = `${driver}/${pool}/${device}`
  return shareID ? `${id}/${shareID}` : id
}
