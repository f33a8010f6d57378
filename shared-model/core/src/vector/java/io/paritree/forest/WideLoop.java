package io.paritree.forest;

/**
 * One loop of a program of {@link WideSlices}, over all rows of a block.
 *
 * <p>Immutable and thread-safe.
 */
abstract class WideLoop {

  /** Runs the loop on the working memory of a thread. */
  abstract void run(WideMemory memory);
}
