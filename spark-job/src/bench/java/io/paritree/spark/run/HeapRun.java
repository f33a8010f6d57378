package io.paritree.spark.run;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Runs the job, once or a few times, with full collections several times a second, and writes the
 * largest heap after one to a file.
 *
 * <p>The heap is measured after the second of two collections, with all finalizers run in between:
 * Parquet opens a stream with a finalizer for each page, and each such stream holds a whole row
 * group of the input until it has been finalized.
 *
 * <p>Arguments: a file for the number of bytes and the number of collections, how often to run the
 * job, then the job's own arguments.
 */
final class HeapRun {
  private static final long NANOS_BETWEEN = 50_000_000;

  private static volatile boolean ended;
  private static long largest;
  private static int collections;

  private HeapRun() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Set<String> heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    Thread watch = new Thread(() -> watch(heap), "heap-watch");
    watch.setDaemon(true);
    watch.start();
    int times = Integer.parseInt(arguments[1]);
    String[] job = Arrays.copyOfRange(arguments, 2, arguments.length);
    int exitCode = 0;
    for (int run = 0; run < times && exitCode == 0; run++) {
      exitCode = ScoreMain.run(StepObserver.NONE, System.out, System.err, job);
    }

    ended = true;
    watch.join();
    Files.writeString(Path.of(arguments[0]), largest + " " + collections);
    System.exit(exitCode);
  }

  private static void watch(Set<String> heap) {
    while (!ended) {
      System.gc();
      System.runFinalization();
      System.gc();
      largest = Math.max(largest, heapAfterFullCollection(heap));
      collections++;
      LockSupport.parkNanos(NANOS_BETWEEN);
    }
  }

  private static long heapAfterFullCollection(Set<String> heap) {
    // The collector of the old generation is the last one.
    GarbageCollectorMXBean full =
        ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class).stream()
            .reduce((first, second) -> second)
            .orElseThrow();
    GcInfo last = full.getLastGcInfo();
    Map<String, MemoryUsage> after = last.getMemoryUsageAfterGc();
    return after.entrySet().stream()
        .filter(pool -> heap.contains(pool.getKey()))
        .mapToLong(pool -> pool.getValue().getUsed())
        .sum();
  }
}
