package io.paritree.spark.task;

import java.io.Serializable;

/**
 * Why a challenger was scored by itself, and not as one with the champion.
 *
 * @param isFault whether something has failed; otherwise it cannot be scored so, or should not
 */
public record ScoredAlone(String why, boolean isFault) implements Serializable {}
