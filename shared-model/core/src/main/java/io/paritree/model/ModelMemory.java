package io.paritree.model;

import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much of the heap a model needs while it is opened, and one sentence where it does not fit.
 *
 * <p>The need is estimated from the size of the files. It is checked before anything is read,
 * because a JVM may be configured to exit when its heap is exhausted, as the server's is.
 */
public final class ModelMemory {
  private static final long MEGABYTE = 1 << 20;

  /**
   * Heap while a model file is read and laid out, per byte of it. Measured with UBJSON files of
   * trees of 6 to 14 levels, with G1 and ParallelGC; the covers, 4 bytes of the 40 of a node, are
   * added.
   */
  private static final double TREES = 1.5;

  /** A larger file needs not be in memory as a whole, unless it is JSON. */
  static final long SMALL = 8 * MEGABYTE;

  /** JSON has more than twice the bytes of UBJSON for the same trees. */
  private static final double TREES_OF_JSON = 0.95;

  private ModelMemory() {}

  /** Work that may need more heap than there is. */
  public interface Work<T, E extends Exception> {
    T run() throws ModelException, E;
  }

  /**
   * Checks that this JVM has the heap to read and open a model.
   *
   * @param bytes of its files, which are not in memory yet
   * @throws UnsupportedModelException naming the need and the option, if it does not
   */
  static void check(String origin, long bytes) throws UnsupportedModelException {
    checkNeed(origin, bytes, bytes + toOpenRead(bytes));
  }

  /** Checks that this JVM has the heap to open a model. */
  static void checkOpening(ModelFiles files) throws UnsupportedModelException {
    checkNeed(files.origin(), files.bytes(), files.heapToOpen());
  }

  static long toOpenRead(long bytes) {
    return Math.round(bytes * TREES);
  }

  static long toOpenStreamed(long bytes, boolean isJson) {
    return isJson ? bytes + Math.round(bytes * TREES_OF_JSON) : toOpenRead(bytes);
  }

  /**
   * Checks that an executor will have the heap to open a model, whose files it holds twice: Spark
   * keeps the blocks of what it broadcasts.
   *
   * @param heap the largest heap of an executor, in bytes
   * @param option what sets it
   */
  public static void checkExecutor(ModelFiles files, long heap, String option)
      throws UnsupportedModelException {
    checkExecutor(files, 0, heap, option);
  }

  /** Returns the heap that an executor needs to open a model, in bytes. */
  public static long executorNeed(ModelFiles files) {
    return 2 * files.bytes() + files.heapToOpen();
  }

  /**
   * Checks that an executor will have the heap to open a model beside others.
   *
   * @param others what these need
   * @param heap the largest heap of an executor, in bytes
   * @param option what sets it
   */
  public static void checkExecutor(ModelFiles files, long others, long heap, String option)
      throws UnsupportedModelException {
    long bytes = files.bytes();
    long need = others + executorNeed(files);
    if (bytes > SMALL && need > heap) {
      throw new UnsupportedModelException(
          "Cannot open %s: with %s MB of files it needs about %s MB of heap, but %s is %s MB; set it to %s MB or more"
              .formatted(
                  files.origin(),
                  megabytes(bytes),
                  megabytes(need),
                  option,
                  megabytes(heap),
                  rounded(need)));
    }
  }

  private static void checkNeed(String origin, long bytes, long need)
      throws UnsupportedModelException {
    if (bytes > SMALL && isTooMuch(need)) {
      throw tooLarge(origin, bytes, need);
    }
  }

  /**
   * Checks that this JVM has the heap to prepare the contributions of a model.
   *
   * @param need as {@link io.paritree.forest.explain.Explainer#bytesToMake} estimates it
   * @throws UnsupportedModelException naming the need and the option, if it does not
   */
  public static void checkExplaining(String origin, long need) throws UnsupportedModelException {
    if (need > SMALL && isTooMuch(need)) {
      throw tooSmall("Cannot explain %s: its contributions need about".formatted(origin), need);
    }
  }

  private static boolean isTooMuch(long need) {
    return need > free() && collected() && need > free();
  }

  private static long free() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
  }

  /**
   * Collects garbage, which is counted as used; an exhausted heap would be collected as well.
   * Returns false if the JVM is configured not to do it on request.
   */
  private static boolean collected() {
    long before = collections();
    System.gc();
    return collections() > before;
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  /**
   * Does work on a model.
   *
   * @param bytes of its files; 0 if not known
   * @throws UnsupportedModelException naming the need and the option, if the heap is exhausted
   */
  public static <T, E extends Exception> T within(String origin, long bytes, Work<T, E> work)
      throws ModelException, E {
    try {
      return work.run();
    } catch (OutOfMemoryError e) {
      String why = tooLarge(origin, bytes, bytes + toOpenRead(bytes)).getMessage();
      throw new UnsupportedModelException(why, e);
    }
  }

  private static UnsupportedModelException tooLarge(String origin, long bytes, long need) {
    return bytes == 0
        ? tooSmall("Cannot open %s: it needs".formatted(origin), 0)
        : tooSmall(
            "Cannot open %s: with %s MB of files it needs about"
                .formatted(origin, megabytes(bytes)),
            need);
  }

  /**
   * Returns that the heap is too small.
   *
   * @param what the beginning of the message
   * @param need in bytes; 0 if not known
   */
  private static UnsupportedModelException tooSmall(String what, long need) {
    long heap = Runtime.getRuntime().maxMemory();
    long used = heap - free();
    return new UnsupportedModelException(
        "%s %s of heap, but of the %s MB of this JVM %s MB are free; start it with -Xmx%sm or more (scripts/model, serve and score: PARITREE_JAVA_OPTS; spark-submit: --driver-memory, --executor-memory)"
            .formatted(
                what,
                need == 0 ? "more" : megabytes(need) + " MB",
                megabytes(heap),
                megabytes(heap - used),
                rounded(Math.max(need + used, heap + heap / 4))));
  }

  private static long megabytes(long bytes) {
    return (bytes + MEGABYTE - 1) / MEGABYTE;
  }

  /** Returns an -Xmx in MB: a multiple of 64 with some room. */
  private static long rounded(long bytes) {
    return (megabytes(bytes + bytes / 8) + 63) / 64 * 64;
  }
}
