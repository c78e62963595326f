import { decode, encode } from "./base64url.js";

/**
 * WebAuthn in JSON, both ways (WebAuthn Level 3 §5.1.8 to §5.1.10), by hand: not every browser that has passkeys has
 * these helpers.
 *
 * @typedef {{ id: string, type: "public-key", transports?: AuthenticatorTransport[] }} DescriptorJson
 */

/** Whether this browser can hold passkeys at all. */
export const supported = typeof PublicKeyCredential === "function" && "credentials" in navigator;

/**
 * Asks her authenticator for a proof.
 * @param {any} options the server's PublicKeyCredentialRequestOptions
 * @returns {Promise<string>} what the server reads
 */
export async function useKey(options) {
  const publicKey = {
    ...options,
    challenge: decode(options.challenge),
    allowCredentials: (options.allowCredentials ?? []).map(descriptor),
  };
  const credential = await navigator.credentials.get({ publicKey });
  const { response, ...shared } = parts(credential);
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new TypeError("not an assertion");
  return JSON.stringify({
    ...shared,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : undefined,
    },
  });
}

/**
 * Asks her authenticator for a new passkey.
 * @param {any} options the server's PublicKeyCredentialCreationOptions
 * @returns {Promise<string>} what the server reads
 */
export async function makeKey(options) {
  const publicKey = {
    ...options,
    challenge: decode(options.challenge),
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(descriptor),
  };
  const credential = await navigator.credentials.create({ publicKey });
  const { response, ...shared } = parts(credential);
  if (!(response instanceof AuthenticatorAttestationResponse)) throw new TypeError("not an attestation");
  return JSON.stringify({
    ...shared,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  });
}

/** @param {DescriptorJson} json */
function descriptor(json) {
  return { ...json, id: decode(json.id) };
}

/** @param {Credential | null} credential */
function parts(credential) {
  if (!(credential instanceof PublicKeyCredential)) throw new TypeError("no credential");
  return {
    id: credential.id,
    rawId: credential.id,
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: credential.response,
  };
}

/** @param {ArrayBuffer} buffer */
function text(buffer) {
  return encode(new Uint8Array(buffer));
}
