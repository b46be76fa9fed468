export {
  outsideApproved,
  verifyChange,
  type Verdict,
  type Verification,
  type VerifyChangeInput,
} from './verify-change.js';
export { type ChangedFile, type ChangeFacts } from './change.js';
export {
  criteriaOf,
  fileHasStatus,
  fileIsChanged,
  forAPerson,
  noNewFailure,
  readCriterion,
  textOccurs,
  type Criterion,
  type Judgement,
} from './criteria.js';
export { findSecrets, type SecretFinding, type SecretScanInput } from './secret-scan.js';
export { SENSITIVE_KINDS, sensitiveKind, type SensitiveKind } from './sensitive-paths.js';
export { addedLines, type AddedLine } from './change.js';
