package io.paritree.outcome;

/**
 * The rows with the highest scores. Of rows with one score that are not all among them, a part of
 * each counts.
 *
 * @param share of all rows, such as 0.05
 * @param gain the share of all positive outcomes that is among them
 * @param rate the share of positive outcomes among them
 * @param lift the rate as a multiple of the rate of all rows
 */
public record TopRows(double share, double gain, double rate, double lift) {}
