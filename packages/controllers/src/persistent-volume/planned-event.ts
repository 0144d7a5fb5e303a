/** An event to be recorded with a plan. */
export interface PlannedEvent {
  type: 'Normal' | 'Warning'
  reason: string
  message: string
}
