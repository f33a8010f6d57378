package io.paritree.spark;

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
 * Runs the job, with a full collection several times a second, and tells the largest heap after
 * one.
 *
 * <p>Arguments: a file that takes the number of bytes and of collections, then those of the job.
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
    String[] job = Arrays.copyOfRange(arguments, 1, arguments.length);
    int exitCode = ScoreMain.run(StepObserver.NONE, System.out, System.err, job);
    ended = true;
    watch.join();
    Files.writeString(Path.of(arguments[0]), largest + " " + collections);
    System.exit(exitCode);
  }

  private static void watch(Set<String> heap) {
    while (!ended) {
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
