/**
 * The job: {@link io.paritree.spark.run.ScoreMain} is the command, {@link
 * io.paritree.spark.run.ScoringJob} one run, {@link io.paritree.spark.run.GroupRun} one group of
 * its partitions.
 *
 * <p>Calls every other room of the job. No room calls it.
 */
package io.paritree.spark.run;
