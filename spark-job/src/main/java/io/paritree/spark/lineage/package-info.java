/**
 * What a run has read and written, for catalogs of data: events of OpenLineage.
 *
 * <p>Knows no Spark: what was read and written is told to it.
 */
package io.paritree.spark.lineage;
