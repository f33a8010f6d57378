package io.paritree.outcome;

/**
 * A tenth of the rows by their scores, for calibration: what was expected of them, and what came.
 *
 * @param rows whatever they weigh
 * @param weight of the rows
 * @param meanScore what was expected
 * @param rate the share of positive outcomes
 * @param interval of the rate, for the number of rows
 */
public record ScoreGroup(
    long rows, double weight, double meanScore, double rate, Interval interval) {}
