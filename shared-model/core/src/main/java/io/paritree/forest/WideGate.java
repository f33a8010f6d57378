package io.paritree.forest;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Decides when {@link WideSlices} are used: from when on they are proved faster than {@link Slices}
 * in this JVM, for this forest.
 *
 * <p>Thread-safe. Scores do not depend on it, since both have the same bits.
 */
final class WideGate {

  /*
   * Until the JVM's second compiler has compiled them, loops over vectors are hundreds of times
   * slower than plain Java, and a JVM that cannot compile them stays so. So blocks are scored by
   * Slices first. After as much work as makes it worth while, a thread runs each loop often enough
   * to be compiled, and then compares both ways with each other: first their bits, then their times.
   * All forests of a JVM share the loops: once they are compiled, the next forest's trial is short,
   * and begins soon. A trial that is lost may have been disturbed: there is a second one, after much
   * more work.
   */
  private static final long MIN_NANOS_OF_ALL = 2_000_000_000L;
  private static final long MIN_NANOS = 100_000_000L;
  private static final long MIN_NANOS_AGAIN = 60_000_000_000L;
  private static final int TURNS = 2_000;
  private static final long MAX_TRIAL_NANOS = 15_000_000_000L;
  private static final int BLOCKS = 20;
  private static final int MIN_WINS = 3;
  private static final double MAX_RELATIVE_TIME = 0.95;

  /** What slices have taken in this JVM since the last trial that was lost, roughly. */
  private static final LongAdder NANOS_OF_ALL = new LongAdder();

  /** Two trials at once would disturb each other's times. */
  private static final Object ONE_TRIAL = new Object();

  private final Slices slices;
  private final SlicesBuilder layout;
  private final double nanosPerRow;
  private final LongAdder rows = new LongAdder();
  private final AtomicBoolean isStarted = new AtomicBoolean();
  private volatile long minNanos = MIN_NANOS;

  /** Made by the trial, so that nothing of it is there before. */
  private volatile WideSlices wide;

  /** The smallest number of rows for which a wide block takes less time than narrow ones. */
  private volatile int minRows = Integer.MAX_VALUE;

  /**
   * Makes a closed gate.
   *
   * @param nanosPerRow roughly what slices need
   */
  WideGate(Slices slices, SlicesBuilder layout, double nanosPerRow) {
    this.slices = slices;
    this.layout = layout;
    this.nanosPerRow = nanosPerRow;
  }

  /**
   * Returns whether this JVM can run the loops: it has the module, as these loops know it, and the
   * CPU has vectors of at least 256 bits. Asked before any of their classes is loaded, which a JVM
   * without the module cannot do.
   */
  private static boolean isPossible() {
    try {
      return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
          && VectorWidth.isPossible();
    } catch (LinkageError e) {
      return false;
    }
  }

  /** Returns the wide slices if they are to be used for these rows, otherwise null. */
  WideSlices wide(int rows) {
    return rows >= minRows ? wide : null;
  }

  /**
   * Returns a gate for the same forest that is open for any number of rows, however long they take;
   * empty if this JVM has no vectors, or the forest no layout for them.
   */
  Optional<WideGate> opened() {
    return isPossible() ? WideSlicesBuilder.build(layout).map(this::opened) : Optional.empty();
  }

  private WideGate opened(WideSlices made) {
    WideGate gate = new WideGate(slices, layout, nanosPerRow);
    gate.open(made);
    return gate;
  }

  /** Counts rows that the slices have scored; may start the trial, in a thread of its own. */
  void count(int rows) {
    if (isDue(rows)) {
      startTrial();
    }
  }

  /** Counts rows, and returns whether the caller is to start the trial now. */
  boolean isDue(int rows) {
    if (isStarted.get()) {
      return false;
    }

    this.rows.add(rows);
    NANOS_OF_ALL.add((long) (rows * nanosPerRow));
    return this.rows.sum() * nanosPerRow > minNanos
        && NANOS_OF_ALL.sum() > MIN_NANOS_OF_ALL
        && isStarted.compareAndSet(false, true);
  }

  private void startTrial() {
    Thread thread = new Thread(null, this::tryInBackground, "paritree-vectors", 0, false);
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // There are too many threads: the gate stays closed.
    }
  }

  /** Opens for any number of rows, without a trial. */
  void open(WideSlices made) {
    isStarted.set(true);
    wide = made;
    minRows = 1;
  }

  private void tryInBackground() {
    try {
      tryOut();
    } catch (RuntimeException | Error e) {
      // The gate stays closed: whatever failed, scores can be had without vectors.
    }
  }

  /** Opens if the wide slices are faster; takes seconds. */
  void tryOut() {
    tryOut(MAX_TRIAL_NANOS);
  }

  /**
   * Opens if the wide slices are faster.
   *
   * @param nanos of CPU time that the trial may take
   */
  void tryOut(long nanos) {
    isStarted.set(true);
    if (!isPossible()) {
      return;
    }

    synchronized (ONE_TRIAL) {
      WideSlicesBuilder.build(layout).ifPresent(made -> tryOut(made, new TrialTime(nanos)));
    }
  }

  private void tryOut(WideSlices made, TrialTime time) {
    Block block = made.exampleBlock();
    Scratch scratch = Scratch.ofThread();
    made.warmUp(block, scratch, TURNS, time);
    float[] margins = new float[block.rows() * made.outputs()];
    float[] ofWide = margins.clone();
    scoreNarrow(block, scratch, margins, made.outputs());
    made.score(block, scratch, ofWide, 0);
    if (!Arrays.equals(margins, ofWide)) {
      return;
    }

    int wins = 0;
    Times times = null;
    while (wins < MIN_WINS && !time.isOver()) {
      times = times(made, block, scratch, margins);
      wins = times.isWin() ? wins + 1 : 0;
    }

    if (wins == MIN_WINS) {
      wide = made;
      minRows = times.minRows(block.rows());
    } else {
      lose();
    }
  }

  private void lose() {
    NANOS_OF_ALL.reset();
    rows.reset();
    boolean isFirst = minNanos == MIN_NANOS;
    minNanos = MIN_NANOS_AGAIN;
    isStarted.set(!isFirst);
  }

  /**
   * Best times in nanoseconds.
   *
   * @param narrow of slices, for a whole block
   * @param wide of wide slices, for the same
   * @param part of wide slices, for as many rows as slices take at once
   */
  private record Times(long narrow, long wide, long part) {
    boolean isWin() {
      return wide < MAX_RELATIVE_TIME * narrow;
    }

    /**
     * Returns the rows from which on a wide block takes less time: a part of it is for any rows.
     */
    int minRows(int rows) {
      double ofRow = Math.max(0, (double) (wide - part) / (rows - Block.MAX_ROWS));
      double ofAny = part - ofRow * Block.MAX_ROWS;
      double saved =
          MAX_RELATIVE_TIME * narrow / rows - ofRow; // above 0 if the whole block is a win
      return (int) Math.min(rows, Math.max(Block.MAX_ROWS + 1, Math.ceil(ofAny / saved)));
    }
  }

  private Times times(WideSlices made, Block block, Scratch scratch, float[] margins) {
    Block part = block.part(0, Block.MAX_ROWS);
    long narrow = Long.MAX_VALUE;
    long whole = Long.MAX_VALUE;
    long ofPart = Long.MAX_VALUE;
    for (int turn = 0; turn < BLOCKS; turn++) {
      long start = System.nanoTime();
      scoreNarrow(block, scratch, margins, made.outputs());
      long afterNarrow = System.nanoTime();
      made.score(block, scratch, margins, 0);
      long afterWhole = System.nanoTime();
      made.score(part, scratch, margins, 0);
      ofPart = Math.min(ofPart, System.nanoTime() - afterWhole);
      whole = Math.min(whole, afterWhole - afterNarrow);
      narrow = Math.min(narrow, afterNarrow - start);
    }

    return new Times(narrow, whole, ofPart);
  }

  private void scoreNarrow(Block block, Scratch scratch, float[] margins, int outputs) {
    for (int row = 0; row < block.rows(); row += Block.MAX_ROWS) {
      slices.score(block.part(row, Block.MAX_ROWS), scratch, margins, row * outputs);
    }
  }
}
