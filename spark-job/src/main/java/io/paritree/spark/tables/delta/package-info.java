/** Tables of Delta Lake: read at a version, and written to by a commit. */
package io.paritree.spark.tables.delta;
