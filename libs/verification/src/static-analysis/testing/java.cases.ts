import type { RuleCase } from './rule-case.js';

/** Cases of the rules for Java. */
export const JAVA_CASES: readonly RuleCase[] = [
  {
    rule: 'java-shell-command',
    file: 'A.java',
    bad: ['Runtime.getRuntime().exec("ls " + dir);'],
    good: ['new ProcessBuilder("ls", dir).start();', 'Runtime.getRuntime().exec("ls");'],
  },
  {
    rule: 'java-sql-built',
    file: 'A.java',
    bad: ['st.executeQuery("SELECT * FROM t WHERE id = " + id);'],
    good: ['c.prepareStatement("SELECT * FROM t WHERE id = ?");'],
  },
  {
    rule: 'java-path-from-request',
    file: 'A.java',
    bad: ['new File(root, request.getParameter("f"));', 'Paths.get(request.getHeader("x"));'],
    good: ['new File(root, name);'],
  },
  {
    rule: 'java-weak-crypto',
    file: 'A.java',
    bad: [
      'MessageDigest.getInstance("MD5");',
      'Cipher.getInstance("DES/CBC/PKCS5Padding");',
      'Cipher.getInstance("AES");',
    ],
    good: ['MessageDigest.getInstance("SHA-256");', 'Cipher.getInstance("AES/GCM/NoPadding");'],
  },
  {
    rule: 'java-unsafe-deserialisation',
    file: 'A.java',
    bad: ['in.readObject();', 'new ObjectInputStream(s);'],
    good: ['mapper.readValue(s, A.class);'],
  },
  {
    rule: 'java-tls-off',
    file: 'A.java',
    bad: [
      'c.setHostnameVerifier((h, s) -> true);',
      'b.setSSLHostnameVerifier(NoopHostnameVerifier.INSTANCE);',
    ],
    good: ['c.setHostnameVerifier(strict);'],
  },
  {
    rule: 'java-xml-entities',
    file: 'A.java',
    bad: ['DocumentBuilderFactory.newInstance();'],
    good: [
      'DocumentBuilderFactory f = DocumentBuilderFactory.newInstance(); f.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);',
    ],
  },
  {
    rule: 'java-hard-coded-credential',
    file: 'A.java',
    bad: ['String dbPassword = "correct-horse-1";'],
    good: [
      'String password = System.getenv("DB_PASSWORD");',
      'String password = "${db.password}";',
    ],
  },
];
