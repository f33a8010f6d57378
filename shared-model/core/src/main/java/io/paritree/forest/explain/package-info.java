/**
 * Explains margins: how much each slot of a row adds to each margin.
 *
 * <p>A contribution is the Shapley value of a slot in the game that TreeSHAP plays (path-dependent:
 * an unknown slot follows both branches of a split, weighted by their covers), in margin units. Per
 * output, the contributions of all slots and the base add up to the margin. This package knows
 * forests and floats, nothing else.
 *
 * <p>A contribution of a leaf is an integral over [0, 1] of a product with one factor per feature
 * on its path. XGBoost 3.3 and later compute it by a quadrature with 8 points, walking the whole
 * tree once per row. Both modes do the same here, with everything prepared that does not depend on
 * the row: <em>exact</em> keeps the order and the kind of each float operation, and so the bits;
 * <em>fast</em> does not, and is much faster.
 */
package io.paritree.forest.explain;
