/**
 * From slots to margins, scores and leaves.
 *
 * <p>Knows ints and floats, nothing else: not what a slot means ({@code io.paritree.feature}), not
 * in which file a tree was stored ({@code io.paritree.xgboost}), not who asks. {@link
 * io.paritree.forest.Forest} is the specification; every other engine must equal it to the last
 * bit.
 */
package io.paritree.forest;
