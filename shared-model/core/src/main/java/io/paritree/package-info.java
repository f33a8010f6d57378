/**
 * What all packages share: the faults of a row, the failures of a model, and SHA-256.
 *
 * <p>Knows no other package. The failures of the input and of Paritree itself have their own types,
 * in the packages where they arise.
 */
package io.paritree;
