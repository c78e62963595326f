import { concat, same, sha256 } from "../bytes.js";
import { demand } from "../errors.js";

/** @typedef {import("../bytes.js").Bytes} Bytes */

/**
 * The twin of MyData.Core/Ledger/Merkle: RFC 9162 §2.1 with SHA-256, and subtrees [start, end) as in the Merkle tree certificates
 * draft §4. Sizes and indices are BigInt: a tree may be larger than what a number holds. A proof is a list of hashes.
 *
 * Refusals: `merkle.range`, `merkle.index`, `merkle.hash_length`, `merkle.proof_length`, `merkle.root`.
 */

const HASH = 32;
const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

/**
 * @param {Uint8Array} entry
 * @returns {Promise<Bytes>}
 */
export function leafHash(entry) {
  return sha256(concat(LEAF, entry));
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 * @returns {Promise<Bytes>}
 */
export function nodeHash(left, right) {
  return sha256(concat(NODE, left, right));
}

/** The root of a tree without leaves. */
export function emptyRoot() {
  return sha256(new Uint8Array());
}

/**
 * That the leaf stands at `index` in the tree of this size and root.
 * @param {bigint} index
 * @param {bigint} size
 * @param {Uint8Array} leaf its hash
 * @param {Uint8Array[]} proof
 * @param {Uint8Array} root
 */
export function verifyInclusion(index, size, leaf, proof, root) {
  return verifySubtreeInclusion(index, 0n, size, leaf, proof, root);
}

/**
 * That the tree of the larger size begins with the one of the smaller. From an empty tree there is nothing to prove.
 * @param {bigint} oldSize
 * @param {bigint} newSize
 * @param {Uint8Array[]} proof
 * @param {Uint8Array} oldRoot
 * @param {Uint8Array} newRoot
 */
export async function verifyConsistency(oldSize, newSize, proof, oldRoot, newRoot) {
  demand(oldSize > 0n, "merkle.range", "every tree begins with the empty one");
  await verifySubtreeConsistency(0n, oldSize, newSize, proof, oldRoot, newRoot);
}

/**
 * @param {bigint} index of the leaf in the log
 * @param {bigint} start
 * @param {bigint} end
 * @param {Uint8Array} leaf its hash
 * @param {Uint8Array[]} proof
 * @param {Uint8Array} root of the subtree
 */
export async function verifySubtreeInclusion(index, start, end, leaf, proof, root) {
  const found = await rootFrom(index, start, end, leaf, proof);
  demand(same(found, root), "merkle.root", "the proof leads to another root");
}

/**
 * The root to which an inclusion proof leads.
 * @param {bigint} index
 * @param {bigint} start
 * @param {bigint} end
 * @param {Uint8Array} leaf
 * @param {Uint8Array[]} proof
 * @returns {Promise<Uint8Array>}
 */
export async function rootFrom(index, start, end, leaf, proof) {
  demand(isSubtree(start, end), "merkle.range", "no such subtree");
  demand(start <= index && index < end, "merkle.index", "outside the tree");
  demand(leaf.length === HASH, "merkle.hash_length", "the leaf's hash is no SHA-256 value");
  demandWhole(proof);
  let node = index - start;
  let last = end - start - 1n;
  let hash = leaf;
  for (const sibling of proof) {
    demand(last !== 0n, "merkle.proof_length", "the proof goes on above the root");
    if (isOdd(node) || node === last) {
      hash = await nodeHash(sibling, hash);
      // A last node without a sibling rises as it is, to where it has one.
      while (node !== 0n && !isOdd(node)) [node, last] = [node >> 1n, last >> 1n];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  demand(last === 0n, "merkle.proof_length", "the proof ends below the root");
  return hash;
}

/**
 * That the leaves [start, end) of the tree of this size and root have the subtree root given.
 * @param {bigint} start
 * @param {bigint} end
 * @param {bigint} size
 * @param {Uint8Array[]} proof
 * @param {Uint8Array} subtreeRoot
 * @param {Uint8Array} root
 */
export async function verifySubtreeConsistency(start, end, size, proof, subtreeRoot, root) {
  demandWhole(proof);
  const empty = start === end && start >= 0n;
  demand(end <= size && (empty || isSubtree(start, end)), "merkle.range", "no such subtree");
  if (empty) {
    demand(proof.length === 0, "merkle.proof_length", "of an empty subtree there is nothing to prove");
    demand(same(subtreeRoot, await emptyRoot()), "merkle.root", "an empty subtree has one root only");
    return;
  }
  let [first, last, whole] = [start, end - 1n, size - 1n];
  const reachesEnd = last === whole;
  while (first !== last && (reachesEnd || isOdd(last))) [first, last, whole] = [first >> 1n, last >> 1n, whole >> 1n];
  const isNode = first === last;
  if (isNode && proof.length === 0) {
    demand(whole === 0n, "merkle.proof_length", "the proof ends below the root");
    demand(same(subtreeRoot, root), "merkle.root", "two roots of one tree");
    return;
  }
  demand(subtreeRoot.length === HASH, "merkle.hash_length", "the root is no SHA-256 value");
  demand(proof.length > 0, "merkle.proof_length", "the proof is empty");
  // Where the subtree is one node of the tree, the proof leaves out what the verifier has.
  let inner = isNode ? subtreeRoot : proof[0];
  let outer = inner;
  for (const sibling of isNode ? proof : proof.slice(1)) {
    demand(whole !== 0n, "merkle.proof_length", "the proof goes on above the root");
    if (isOdd(last) || last === whole) {
      if (first < last) inner = await nodeHash(sibling, inner);
      outer = await nodeHash(sibling, outer);
      while (!isOdd(last)) [first, last, whole] = [first >> 1n, last >> 1n, whole >> 1n];
    } else {
      outer = await nodeHash(outer, sibling);
    }
    [first, last, whole] = [first >> 1n, last >> 1n, whole >> 1n];
  }
  demand(whole === 0n, "merkle.proof_length", "the proof ends below the root");
  demand(same(inner, subtreeRoot), "merkle.root", "the proof leads to another root of the subtree");
  demand(same(outer, root), "merkle.root", "the proof leads to another root");
}

/**
 * A subtree starts at a multiple of its size, rounded up to a power of two (draft §4.1).
 * @param {bigint} start
 * @param {bigint} end
 */
export function isSubtree(start, end) {
  if (start < 0n || start >= end) return false;
  let width = 1n;
  while (width < end - start) width <<= 1n;
  return start % width === 0n;
}

/** @param {Uint8Array[]} proof */
function demandWhole(proof) {
  demand(
    proof.every((hash) => hash.length === HASH),
    "merkle.hash_length",
    "the proof is not made of whole hashes",
  );
}

/** @param {bigint} value */
function isOdd(value) {
  return (value & 1n) === 1n;
}
