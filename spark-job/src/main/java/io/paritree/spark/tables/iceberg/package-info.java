/** Tables of Iceberg: read at a snapshot, and written to by a commit. */
package io.paritree.spark.tables.iceberg;
