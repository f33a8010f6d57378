/**
 * The list of all formats of tables, and the published scores that a user names by a path or a
 * table's name.
 */
package io.paritree.spark.tables.formats;
