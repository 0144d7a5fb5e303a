export { answerWhatIf } from './answer-what-if.ts'
export { questionSchema, type WhatIfAnswer } from './question.ts'
