import assert from 'node:assert/strict'
import { test } from 'node:test'

import { documentedSchemas } from './schemas.ts'

test('every field that is described says what it means, not only of what type it is', () => {
  const ofTypes = Object.entries(documentedSchemas().schemas).flatMap(([model, { properties = {} }]) =>
    Object.entries(properties).flatMap(([name, { description = '' }]) =>
      /^(IntOrString|Quantity) is a /.test(description) ? [`${model}.${name}`] : [],
    ),
  )
  assert.deepEqual(ofTypes, [])
})
