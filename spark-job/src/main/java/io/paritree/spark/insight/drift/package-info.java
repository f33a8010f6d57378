/**
 * How the rows of a group's partitions differ from those before them and from the reference: which
 * baselines there are, which rules have fired, and which partitions are held for that.
 */
package io.paritree.spark.insight.drift;
