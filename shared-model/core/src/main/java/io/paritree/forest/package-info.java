/**
 * Computes margins, scores and leaves from rows of slots.
 *
 * <p>This package knows only ints and floats. It does not know what a slot means (that is {@code
 * io.paritree.feature}), in which file a tree was stored ({@code io.paritree.xgboost}), or who its
 * callers are. {@link io.paritree.forest.Forest} is the specification; every other engine must
 * equal it to the last bit.
 *
 * <p>{@link io.paritree.forest.Forest#fast} returns the fast engine. It holds the trees in up to
 * three more layouts. A table of costs decides which are the cheapest for the shape of a forest:
 *
 * <ul>
 *   <li><em>walks</em> for one row or a few rows: each slot becomes two whole numbers that compare
 *       as the floats do, one with missing below all thresholds and one with missing above. The
 *       trees are then walked without a branch that depends on data: consecutive trees of few
 *       levels level by level, all of them in one loop per level; other trees 32 at a time, step by
 *       step. If a forest is too large for a core's cache and has no slices, up to 64 rows are
 *       walked together: one tree with all of these rows, then the next tree;
 *   <li><em>slices</em> for blocks of 64 rows: each distinct comparison of the forest is done once
 *       for all rows, as one word of bits. A tree of depth up to 8 that is nearly full is then a
 *       multiplexer of such words; for any other tree of up to 256 leaves, the rows that reach a
 *       node are passed down from node to node. Both yield the number of the leaf, bit by bit, and
 *       the weights are looked up and added row by row in the order of the trees;
 *   <li><em>wide slices</em> for blocks of 256 or 512 rows: the same trees as slices, in vectors of
 *       as many bits, where the JVM has the module {@code jdk.incubator.vector}. Its loops are
 *       compiled apart, from {@code src/vector/java}. They are used only once they have been
 *       measured to be faster than slices;
 *   <li>the specification itself, where a row meets so few splits that any preparation costs more
 *       than it saves, or where the forest does not fit into the other layouts.
 * </ul>
 */
package io.paritree.forest;
