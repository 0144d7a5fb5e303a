export interface RegistryAuth {
  username?: string
  password?: string
  auth?: string
  identitytoken?: string
  serveraddress?: string
}

export interface RuntimeImage {
  id: string
  /** Tags and digests it goes by. */
  names: string[]
  sizeBytes: number
}

export interface ImageDetail extends RuntimeImage {
  /** The user the image runs as: '' is root. */
  user: string
}
