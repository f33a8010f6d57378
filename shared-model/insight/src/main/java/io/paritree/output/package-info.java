/**
 * What the job, which writes an output, and the server, which reads it, have in common on disk: the
 * names of directories, the documents, the columns of rows, and the lines of the prediction log.
 *
 * <p>Uses names and their meaning. Nothing here depends on Spark.
 */
package io.paritree.output;
