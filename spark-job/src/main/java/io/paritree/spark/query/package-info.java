/**
 * SQL from a command line, with the functions of models. Knows Spark's sessions and the catalog of
 * models, and nothing of the job.
 */
package io.paritree.spark.query;
