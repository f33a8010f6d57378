/**
 * The types that all packages share: the faults of a row and the failures of a model.
 *
 * <p>Knows no other package. A fault of a row is data; {@link io.paritree.InvalidRowException}
 * carries it. A model that cannot be used is a {@link io.paritree.ModelException}. Errors of the
 * input and of Paritree itself have their own types, in the packages where they arise.
 */
package io.paritree;
