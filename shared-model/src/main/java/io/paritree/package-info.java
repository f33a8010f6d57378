/**
 * The words that all packages share: the faults of a row and the failures of a model.
 *
 * <p>Knows nothing else. A fault of a row is data and travels in a {@link
 * io.paritree.InvalidRowException}; a model that cannot be used is a {@link
 * io.paritree.ModelException}. Faults of the input and of Paritree itself have types of their own
 * where they arise.
 */
package io.paritree;
