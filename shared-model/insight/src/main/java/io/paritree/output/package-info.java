/**
 * What the job, which writes an output, and the server, which reads it, agree on on disk: the names
 * of directories, the members of {@code _paritree.json}, the columns of rows.
 *
 * <p>Knows names and their meaning. Knows no model and no Spark.
 */
package io.paritree.output;
