package io.paritree.forest;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Makes millions of one-row calls and checks each score: neither the heap after a collection nor
 * the resident memory of the process may grow.
 *
 * <p>The calls use the models of {@link EngineBench} in turn, so that engines of different size
 * share a thread's working memory. Both sizes of memory are read after each part of a million
 * calls. After the last part they may be as large as after the first, plus an allowance for what
 * the JVM compiles and unloads meanwhile.
 *
 * <p>Run: {@code scripts/bench engine --calls N}.
 */
final class EngineCalls {
  private static final int ROWS = 256;
  private static final int CALLS_OF_PART = 1_000_000;
  private static final long MAX_HEAP_GROWTH = 256 << 10;
  private static final long MAX_RESIDENT_GROWTH = 8 << 20;
  private static final int COLLECTIONS = 3;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Engine engine;
  private final float[][] slots;
  private final float[][] expected;
  private final float[] score;
  private int row;

  private EngineCalls(BenchModel subject) throws Exception {
    Forest forest = subject.model().forest(Rounds.ALL);
    this.engine = forest.fast();
    this.slots = new float[ROWS][];
    this.expected = new float[ROWS][forest.scores()];
    this.score = new float[forest.scores()];
    for (int at = 0; at < ROWS; at++) {
      int from = at * forest.width();
      slots[at] = Arrays.copyOfRange(subject.rows(), from, from + forest.width());
      forest.score(slots[at], 1, null, expected[at]);
    }
  }

  /**
   * Runs the calls.
   *
   * @param args the directory for trained models, the flight model or "-", the number of calls
   */
  public static void main(String[] args) throws Exception {
    long calls = Long.parseLong(args[2]);
    if (calls < 2L * CALLS_OF_PART) {
      System.err.printf("Cannot measure growth with %s calls: 2000000 or more are needed%n", calls);
      System.exit(2);
    }

    PrintStream report = System.out;
    List<EngineCalls> subjects = new ArrayList<>();
    for (BenchModel subject : BenchModel.all(args)) {
      subjects.add(new EngineCalls(subject));
    }

    System.exit(run(subjects, calls, report) ? 0 : 1);
  }

  private static boolean run(List<EngineCalls> subjects, long calls, PrintStream report)
      throws IOException {
    report.println("      calls   heap after GC KiB   resident KiB   allocated bytes per call");
    print(report, 0, Memory.now(), 0);
    Memory first = null;
    Memory last = null;
    for (long done = 0; done < calls; ) {
      long part = Math.min(CALLS_OF_PART, calls - done);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (long call = 0; call < part; call++) {
        subjects.get((int) (call % subjects.size())).call();
      }

      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      done += part;
      last = Memory.now();
      first = first == null ? last : first;
      print(report, done, last, allocated / (double) part);
    }

    long heapGrowth = last.heap - first.heap;
    long residentGrowth = last.resident - first.resident;
    boolean isSteady = heapGrowth <= MAX_HEAP_GROWTH && residentGrowth <= MAX_RESIDENT_GROWTH;
    report.printf(
        "%s: %s calls of one row, %s models; since the first million the heap after GC grew by %s"
            + " KiB (at most %s), resident memory by %s KiB (at most %s)%n",
        isSteady ? "PASSED" : "FAILED",
        calls,
        subjects.size(),
        heapGrowth / 1024,
        MAX_HEAP_GROWTH / 1024,
        residentGrowth / 1024,
        MAX_RESIDENT_GROWTH / 1024);
    return isSteady;
  }

  private static void print(PrintStream report, long calls, Memory memory, double perCall) {
    report.printf(
        Locale.ROOT,
        "%11d %19d %14d %26.3f%n",
        calls,
        memory.heap >> 10,
        memory.resident >> 10,
        perCall);
  }

  private void call() {
    engine.score(slots[row], 1, null, score);
    if (!Arrays.equals(score, expected[row])) {
      throw new IllegalStateException("Wrong scores for row %s".formatted(row));
    }

    row = (row + 1) % ROWS;
  }

  /** The memory that the process holds, in bytes. */
  private record Memory(long heap, long resident) {

    /** Returns the current memory, after collections. */
    static Memory now() throws IOException {
      for (int collection = 0; collection < COLLECTIONS; collection++) {
        System.gc();
      }

      return new Memory(
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), residentBytes());
    }
  }

  /** Returns the resident memory, which Linux calls VmRSS. */
  private static long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }

    throw new IOException("Cannot read resident memory: /proc/self/status has no VmRSS");
  }
}
