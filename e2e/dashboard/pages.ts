import { expect, type Locator, type Page } from '@playwright/test'

export const password = process.env['QUARTERDECK_PASSWORD'] ?? ''

/** Signs in as the administrator and waits for the overview. */
export async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('User').fill('admin')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
}

/** The row of an object in a list. */
export function rowOf(page: Page, name: string | RegExp): Locator {
  return page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: typeof name === 'string' }) })
}

/** Uploads files on the apply page. */
export async function upload(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  await page.goto('/apply')
  const payload = Object.entries(files).map(([name, text]) => ({ name, mimeType: 'application/yaml', buffer: Buffer.from(text) }))
  await page.locator('input[type="file"]').setInputFiles(payload)
}

/** Deletes a namespace on its page, and waits until it is gone with all that was in it. */
export async function removeNamespace(page: Page, namespace: string): Promise<void> {
  await page.goto(`/namespaces/${namespace}`)
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByText('Deleted', { exact: true })).toBeVisible({ timeout: 90_000 })
  await page.goto(`/pods?q=${namespace}`)
  await expect(page.getByText(/None of the|There are no pods/)).toBeVisible()
}

/** Text of a toast or any other announcement. */
export function announced(page: Page, text: string | RegExp): Locator {
  return page.locator('[data-sonner-toast]').filter({ hasText: text })
}
