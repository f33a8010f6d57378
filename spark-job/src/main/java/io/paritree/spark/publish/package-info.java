/**
 * Makes staged partitions visible, whole or not at all.
 *
 * <p>Knows directories, names and identities: of Paritree only {@code io.paritree.store}. Knows
 * nothing of Spark, Parquet or models. A run stages its partitions in its own directory next to the
 * output, and {@link io.paritree.spark.publish.Publisher} moves them into place under the output's
 * lock.
 *
 * <p>A run is <i>prepared</i> when its partitions are staged and verified, and their list is
 * written to the store. It is <i>swapping</i> when it has begun to move them. While it runs, it has
 * a <i>sign of life</i>: a file that it keeps locked or, on stores without file locks, rewrites at
 * regular intervals. A <i>dead run</i> is one without a sign of life, or whose sign is not locked
 * or no longer changes. Another run finishes it if it was prepared and no other identity was
 * published meanwhile, and removes it otherwise. Finishing only goes forward, never back, and needs
 * only what is in the store. A run whose sign no longer changes may be only paused. It must not
 * move anything when it wakes, so its directory is renamed first: this rename is the <i>fence</i>.
 */
package io.paritree.spark.publish;
