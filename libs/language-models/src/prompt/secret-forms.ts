const MASK = '[redacted]';

/** Tokens whose form alone gives them away, wherever in a repository they lie. */
const FORMS: readonly RegExp[] = [
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|$)/g,
  /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{30,}\b/g,
  /\bgithub_pat_[A-Za-z0-9_]{40,}\b/g,
  /\bglpat-[\w-]{20,}/g,
  /\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{24,}/g,
  /\bxox[abprs]-[\w-]{10,}/g,
  /\bAIza[\w-]{35}(?![\w-])/g,
  /\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}/g,
  /(?<=:\/\/[^/\s:@]{1,64}:)[^/\s:@]{3,}(?=@)/g,
];

/** The text with private keys, cloud and forge tokens, JWTs and passwords in URLs masked. */
export function redactSecretForms(text: string): string {
  return FORMS.reduce((masked, form) => masked.replace(form, MASK), text);
}
