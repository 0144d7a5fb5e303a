import { expect, test, type Page } from '@playwright/test'

import { announced, rowOf, signIn, upload } from './pages.ts'

const tabCount = 8

test('[DB8] eight tabs are live at once', async ({ page, context }) => {
  const name = `tabs-${Date.now().toString(36)}`
  await signIn(page)
  const tabs: Page[] = []
  for (let index = 0; index < tabCount; index++) {
    const tab = await context.newPage()
    await tab.goto(`/configmaps?q=${name}`)
    await expect(tab.getByText(/None of the|There are no/)).toBeVisible()
    tabs.push(tab)
  }
  await page.bringToFront()
  await upload(page, {
    'config.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: default\ndata: { key: value }\n`,
  })
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(announced(page, '1 created')).toBeVisible()
  for (const tab of tabs) {
    await tab.bringToFront()
    await expect(rowOf(tab, name)).toHaveCount(1)
  }
  await page.goto(`/configmaps/default/${name}`)
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  for (const tab of tabs) await expect(rowOf(tab, name)).toHaveCount(0)
})
