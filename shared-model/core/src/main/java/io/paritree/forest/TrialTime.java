package io.paritree.forest;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * What the thread that makes it may still take of a core: so a trial on a busy machine has as much
 * as on an idle one. For one thread.
 */
final class TrialTime {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final long end;

  /**
   * @param nanos of CPU time; where the JVM does not measure that, of time
   */
  TrialTime(long nanos) {
    this.end = now() + nanos;
  }

  boolean isOver() {
    return now() - end >= 0;
  }

  private static long now() {
    return THREADS.isCurrentThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled()
        ? THREADS.getCurrentThreadCpuTime()
        : System.nanoTime();
  }
}
