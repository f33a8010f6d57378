/**
 * The same records through every way to score: which records, which ways, and what comes of it.
 *
 * <p>Knows inputs and what compares; a run of the job is given by who can start one.
 */
package io.paritree.spark.insight.proof;
