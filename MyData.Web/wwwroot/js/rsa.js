import { demand } from "./errors.js";

/**
 * Key quality (security.md 1.2): at least 2048 bits, an odd exponent of at least 65537, no small factor, not of the ROCA
 * family (CVE-2017-15361: such a modulus is a power of 65537 modulo each of these primes).
 */
const MINIMUM_BITS = 2048;
const MAXIMUM_BITS = 8192;
const MINIMUM_EXPONENT = 65537n;
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/**
 * @param {Uint8Array} modulus big-endian
 * @param {Uint8Array} exponent big-endian
 * @throws MyDataError `jwk.rsa_size`, `jwk.rsa_exponent`, `jwk.rsa_weak`, `jwk.rsa_roca`
 */
export function checkRsa(modulus, exponent) {
  const n = toInteger(modulus);
  const e = toInteger(exponent);
  const bits = n.toString(2).length;
  demand(bits >= MINIMUM_BITS && bits <= MAXIMUM_BITS, "jwk.rsa_size", "RSA key of a refused length");
  const sound = e >= MINIMUM_EXPONENT && e % 2n === 1n && e.toString(2).length <= 32;
  demand(sound, "jwk.rsa_exponent", "RSA exponent refused");
  demand(n % 2n === 1n && PRIMES.every((prime) => n % BigInt(prime) !== 0n), "jwk.rsa_weak", "modulus with a small factor");
  demand(!isRoca(n), "jwk.rsa_roca", "RSA key of the ROCA family");
}

/** @param {bigint} modulus */
function isRoca(modulus) {
  return PRIMES.every((prime) => powersOf65537(prime).has(Number(modulus % BigInt(prime))));
}

/** @param {number} prime */
function powersOf65537(prime) {
  const powers = new Set();
  for (let power = 1; !powers.has(power); power = (power * 65537) % prime) powers.add(power);
  return powers;
}

/** @param {Uint8Array} bytes */
function toInteger(bytes) {
  return BigInt("0x0" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
}
