/**
 * Two models side by side: what changes of the contract, of the forest, and of the scores of rows.
 *
 * <p>Makes the comparison object of opened models, for any face.
 */
package io.paritree.model.difference;
