export * from './client.ts'
export * from './http-client.ts'
export * from './kubeconfig.ts'
export * from './if-exists.ts'
