/**
 * The types that all packages share: the faults of a row and the failures of a model.
 *
 * <p>Knows no other package. The failures of the input and of Paritree itself have their own types,
 * in the packages where they arise.
 */
package io.paritree;
