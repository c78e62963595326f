// Does with the npm package "jose" what it is told: a list of jobs as JSON on stdin, a list of answers as JSON on stdout.
import { text } from "node:stream/consumers";
import * as jose from "jose";

const utf8 = new TextEncoder();
const key = (job) => jose.importJWK(job.key, job.alg);
const read = ({ payload, plaintext }) => new TextDecoder().decode(payload ?? plaintext);

const jobs = {
  sign: async (job) =>
    new jose.CompactSign(utf8.encode(job.text)).setProtectedHeader({ alg: job.alg, kid: job.key.kid }).sign(await key(job)),
  verify: async (job) => read(await jose.compactVerify(job.token, await key(job), { algorithms: [job.alg] })),
  encrypt: async (job) =>
    new jose.CompactEncrypt(utf8.encode(job.text))
      .setProtectedHeader({ alg: job.alg, enc: job.enc, kid: job.key.kid })
      .encrypt(await key(job)),
  decrypt: async (job) =>
    read(
      await jose.compactDecrypt(job.token, await key(job), {
        keyManagementAlgorithms: [job.alg],
        contentEncryptionAlgorithms: [job.enc],
      }),
    ),
  encryptJson: async (job) => {
    const general = new jose.GeneralEncrypt(utf8.encode(job.text)).setProtectedHeader({ enc: job.enc });
    for (const { alg, key } of job.recipients)
      general.addRecipient(await jose.importJWK(key, alg)).setUnprotectedHeader({ alg, kid: key.kid });
    return JSON.stringify(await general.encrypt());
  },
  decryptJson: async (job) => {
    const { recipients, ...shared } = JSON.parse(job.token);
    const own = recipients.filter(({ header }) => header.kid === job.key.kid);
    return Buffer.from(
      (await jose.generalDecrypt({ ...shared, recipients: own }, await key(job))).plaintext,
    ).toString("base64url");
  },
};

const answers = [];
for (const job of JSON.parse(await text(process.stdin))) answers.push(await jobs[job.do](job));
process.stdout.write(JSON.stringify(answers));
