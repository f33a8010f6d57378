/**
 * The job: {@link io.paritree.spark.ScoreMain} is the command, {@link io.paritree.spark.ScoringJob}
 * one run, {@link io.paritree.spark.GroupRun} one group of its partitions.
 *
 * <p>Knows every other room of the job except {@code blocks} and {@code launch}. No room knows it.
 */
package io.paritree.spark.run;
