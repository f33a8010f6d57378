/**
 * The indexes of published partitions, from which a server answers stored scores by key.
 *
 * <p>Knows Spark's rows and the files of an index. Knows no model.
 */
package io.paritree.spark.lookup;
