package io.paritree.forest;

import jdk.incubator.vector.LongVector;

/**
 * Finds where to start in the words of a {@link WideMemory} so that few vectors lie across two
 * lines of the caches: by the time that it takes to read some, as Java does not say where an array
 * is.
 *
 * <p>A collector may move the array, so this is done again from time to time.
 */
final class LineStart extends WideLoop {

  /*
   * Masks are more than the first cache holds, and trees read them in no order: so a vector across
   * two lines takes twice as long. It does here, too, with more words than that cache holds, and
   * with two vectors left out between those that are read, as they have the other line.
   */
  private static final int STEP = 3 * WideMemory.LONGS;
  private static final int MAX_WORDS = 1 << 14;
  private static final int TRIES = 4;

  /** Blocks of which one finds the start again, which takes some hundredths of a millisecond. */
  private static final int BLOCKS = 256;

  /** What another start must take at most, of the time of the one that is. */
  private static final double MAX_RELATIVE_TIME = 0.9;

  private static final LineStart ALL = new LineStart(MAX_WORDS);

  private final int words;

  private LineStart(int words) {
    this.words = words;
  }

  /** Returns the loop with as few words as other loops have. */
  static LineStart ofFewWords() {
    return new LineStart(32 * STEP);
  }

  /** Finds the start for the next block, if it is time to do so; the words lose what they hold. */
  static void find(WideMemory memory) {
    if (memory.blocks++ % BLOCKS != 0) {
      return;
    }

    int best = memory.start;
    double least = MAX_RELATIVE_TIME * nanos(memory);
    for (int start = 0; start < WideMemory.LINE; start++) {
      memory.start = start;
      long nanos = nanos(memory);
      if (nanos < least) {
        least = nanos;
        best = start;
      }
    }

    memory.start = best;
  }

  private static long nanos(WideMemory memory) {
    long least = Long.MAX_VALUE;
    for (int tried = 0; tried < TRIES; tried++) {
      long begin = System.nanoTime();
      ALL.run(memory);
      least = Math.min(least, System.nanoTime() - begin);
    }

    return least;
  }

  @Override
  void run(WideMemory memory) {
    long[] array = memory.words;
    int start = memory.start;
    int end = start + Math.min(words, array.length - WideMemory.LINE);
    LongVector all = LongVector.zero(VectorWidth.LONG);
    for (int at = start; at < end; at += STEP) {
      all = all.or(LongVector.fromArray(VectorWidth.LONG, array, at));
    }

    all.intoArray(array, start);
  }
}
