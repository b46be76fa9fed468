const MASK = '[redacted]';

/** A form that gives a secret away wherever it stands, whatever name it has. */
export interface SecretForm {
  kind: string;
  /** Global. Where there is a group it is the secret, and ends the match; otherwise all of it is. */
  pattern: RegExp;
}

/**
 * Forms as their issuers document them: the one list that decides what is masked in logs, prompts and pull
 * requests, and what stops a push. But for whole private keys the patterns take no quotes,
 * so that a mask does not break JSON around it; nor does it take the backslash of a quote. No place in a text is
 * looked at from more than a bounded number of others: whoever writes the text must not decide how long that takes.
 */
export const SECRET_FORMS: readonly SecretForm[] = [
  {
    kind: 'private key',
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----(?:[\s\S]{0,9000}?-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|[^"'`]*(?<!\\))/g,
  },
  { kind: 'age key', pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/g },
  // Clouds.
  { kind: 'AWS access key id', pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  { kind: 'Google API key', pattern: /\bAIza[\w-]{35}(?![\w-])/g },
  { kind: 'Google OAuth client secret', pattern: /\bGOCSPX-[\w-]{28}(?![\w-])/g },
  { kind: 'Google OAuth token', pattern: /\bya29\.[\w-]{30,}/g },
  { kind: 'Azure storage key', pattern: /\bAccountKey=([A-Za-z0-9+/]{86}==)/g },
  { kind: 'Azure shared access signature', pattern: /[?&]sig=([A-Za-z0-9%]{40,}%3[Dd])/g },
  { kind: 'DigitalOcean token', pattern: /\bdo[opr]_v1_[0-9a-f]{64}\b/g },
  // Forges and registries.
  { kind: 'GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{30,}\b/g },
  { kind: 'GitHub fine-grained token', pattern: /\bgithub_pat_[A-Za-z0-9_]{40,}\b/g },
  {
    kind: 'GitLab token',
    pattern:
      /\bgl(?:pat|dt|rt|cbt|ptt|soat|ft|imt|agent|oas)-(?=[\w-]{0,300}\d)[\w-]{20,}(?:\.[0-9a-z.]+)?/g,
  },
  { kind: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'PyPI token', pattern: /\bpypi-AgE[\w-]{50,}/g },
  { kind: 'Docker token', pattern: /\bdckr_[po]at_[\w-]{27,}/g },
  // Language models; identifiers in kebab case have no capitals.
  {
    kind: 'model key',
    pattern:
      /\bsk-(?:ant|proj|svcacct|admin|or)-(?=[\w-]{0,300}\d)(?=[\w-]{0,300}[A-Z])[\w-]{24,}/g,
  },
  { kind: 'model key', pattern: /\bsk-(?=[A-Za-z]*\d)[A-Za-z0-9]{32,}\b/g },
  { kind: 'Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{34,}\b/g },
  { kind: 'Groq key', pattern: /\bgsk_[A-Za-z0-9]{48,}\b/g },
  // Money, mail and talk.
  { kind: 'Stripe key', pattern: /\b[sr]k_(?:live|test|prod)_[A-Za-z0-9]{20,}\b/g },
  { kind: 'Stripe webhook secret', pattern: /\bwhsec_[A-Za-z0-9+/]{32,}/g },
  { kind: 'SendGrid key', pattern: /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g },
  { kind: 'Slack token', pattern: /\bxox[abeoprs]-(?=[\w-]{0,300}\d)[\w-]{10,}/g },
  { kind: 'Slack app token', pattern: /\bxapp-\d-[A-Z0-9]+-\d+-[0-9a-f]{32,}\b/g },
  {
    kind: 'Slack webhook',
    pattern:
      /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/([TE][A-Z0-9]{6,}\/[A-Z0-9]{6,}\/[A-Za-z0-9/]{20,})/g,
  },
  {
    kind: 'Discord webhook',
    pattern: /\bdiscord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d{15,}\/([\w-]{60,})/g,
  },
  { kind: 'Telegram bot token', pattern: /\b\d{8,10}:AA[\w-]{33}(?![\w-])/g },
  // Vaults.
  { kind: '1Password service token', pattern: /\bops_eyJ[\w-]{80,}={0,2}/g },
  { kind: '1Password secret key', pattern: /\bA3-[A-Z0-9]{6}-[A-Z0-9]{11}(?:-[A-Z0-9]{5}){3}\b/g },
  { kind: 'Vault token', pattern: /\bhv[sb]\.[\w-]{24,}/g },
  // What a service of one's own accepts; the quotes are escaped where a string holds JSON.
  // It begins its run of characters, or stands after a prefix with a dash.
  {
    kind: 'JSON Web Token',
    pattern: /(?:(?<![\w-])|(?<=(?<![\w-])[\w-]{0,64}-))eyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}/g,
  },
  {
    kind: 'private JSON Web Key',
    pattern:
      /["']kty\\{0,3}["']\s*:[^{}]{0,2000}?["'](?:d|k)\\{0,3}["']\s*:\s*\\{0,3}["']([\w-]{32,})/g,
  },
  {
    kind: 'private JSON Web Key',
    pattern:
      /["'](?:d|k)\\{0,3}["']\s*:\s*\\{0,3}["']([\w-]{32,})(?=\\{0,3}["'][^{}]{0,2000}?["']kty\\{0,3}["']\s*:)/g,
  },
  {
    kind: 'bearer token',
    pattern: /\b[Bb]earer\s{1,3}((?=[\w.~+/-]*\d)(?=[\w.~+/-]*[A-Za-z])[\w.~+/-]{20,}={0,2})/g,
  },
  {
    kind: 'basic credentials',
    pattern:
      /\b[Aa]uthorization(?:\\{0,3}["'`])?\s{0,3}[:=,]\s{0,3}(?:\\{0,3}["'`])?[Bb]asic\s{1,3}((?=[a-z+/]*[A-Z0-9])[A-Za-z0-9+/]{12,}={0,2})/g,
  },
];

/** Passwords in URLs are masked; in a diff most of them are those of a database that a test starts. */
const URL_PASSWORD = /:\/\/[^/\s:@"'`\\]{0,64}:([^/\s:@"'`\\]{3,})(?=@)/g;

const MASKED = [...SECRET_FORMS.map(({ pattern }) => pattern), URL_PASSWORD];

/** The text with every secret masked that its form gives away, and passwords in URLs. */
export function redactSecretForms(text: string): string {
  return MASKED.reduce(
    (masked, form) =>
      masked.replace(form, (whole: string, secret: unknown) =>
        typeof secret === 'string' ? `${whole.slice(0, -secret.length)}${MASK}` : MASK,
      ),
    text,
  );
}
