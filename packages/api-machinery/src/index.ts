export * from './api-error.ts'
export * from './field-error.ts'
export * from './object.ts'
