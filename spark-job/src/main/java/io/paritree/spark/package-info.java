/**
 * The job: check the input, score its partitions, publish them, report.
 *
 * <p>{@link io.paritree.spark.ScoreMain} is the command; {@link io.paritree.spark.ScoringJob} is
 * one run. What is read lies in {@code input}, what tasks do in {@code rows}, how partitions become
 * visible in {@code publish}, what is told about it in {@code report}.
 */
package io.paritree.spark;
