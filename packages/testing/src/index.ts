export { testDatabase, type TestDatabase } from './test-database.ts'
export { testServer, type TestServer } from './test-server.ts'
export { startProduct, type Product, type ProductOptions } from './product.ts'
