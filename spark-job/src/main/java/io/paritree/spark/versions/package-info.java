/**
 * What differs between the versions of Spark that the job runs on, and the expression of our own
 * for Spark's plans.
 *
 * <p>The job is compiled once, against the newest version. Whatever another version lacks, or
 * declares in another way, is called here and nowhere else; the tests look up every other call in
 * the jars of each version.
 */
package io.paritree.spark.versions;
