/**
 * What a run has read and written, for catalogs of data: events of OpenLineage.
 *
 * <p>Does not depend on Spark: callers pass what was read and written.
 */
package io.paritree.spark.lineage;
