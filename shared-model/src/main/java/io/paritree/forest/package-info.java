/**
 * From slots to margins, scores and leaves.
 *
 * <p>Knows ints and floats, nothing else: not what a slot means ({@code io.paritree.feature}), not
 * in which file a tree was stored ({@code io.paritree.xgboost}), not who asks. {@link
 * io.paritree.forest.Forest} is the specification; every other engine must equal it to the last
 * bit.
 *
 * <p>{@link io.paritree.forest.Forest#fast} makes the engine that serves. It holds the trees in up
 * to two more layouts and takes, by a table of costs, the cheapest for a forest's shape:
 *
 * <ul>
 *   <li><em>walks</em> for one row or a few: the slots become whole numbers that compare as the
 *       floats do, each twice, with missing below and above all thresholds; then four trees at a
 *       time are walked without a branch that depends on data. Forests too large for a core's cache
 *       are walked so in blocks, too, one tree for many rows;
 *   <li><em>slices</em> for blocks of 64 rows: each distinct comparison of the forest is done once
 *       for all rows, as one word of bits. A tree of depth up to 8 that is nearly full is then a
 *       multiplexer of such words; any other of up to 256 leaves hands down the rows that reach
 *       each node. Both yield the number of the leaf, bit by bit, and the weights are looked up and
 *       added row by row in the order of the trees;
 *   <li>the specification itself, where a row meets so few splits that no preparation pays.
 * </ul>
 */
package io.paritree.forest;
