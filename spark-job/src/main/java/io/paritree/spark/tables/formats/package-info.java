/** Which formats of tables there are, and how a table is found. */
package io.paritree.spark.tables.formats;
