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

/** Text of a toast or any other announcement. */
export function announced(page: Page, text: string | RegExp): Locator {
  return page.locator('[data-sonner-toast]').filter({ hasText: text })
}
