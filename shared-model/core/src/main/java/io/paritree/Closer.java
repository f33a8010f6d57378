package io.paritree;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Closes what a whole is made of, the part that was opened last first. Each part registers itself
 * when it is open, so that a failure to open the next one closes all before it:
 *
 * <pre>{@code
 * try (Closer opened = new Closer()) {
 *   File one = new File("one");
 *   opened.register(one);
 *   File two = new File("two");
 *   opened.register(two);
 *   return new Both(one, two, opened.release());
 * }
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class Closer implements Closeable {
  private final Deque<Closeable> open = new ArrayDeque<>();

  public void register(Closeable opened) {
    open.push(opened);
  }

  /** Returns what closes the registered parts from now on; this does no longer. */
  public Closer release() {
    Closer owner = new Closer();
    owner.open.addAll(open);
    open.clear();
    return owner;
  }

  /**
   * Closes all parts, also after a failure.
   *
   * @throws IOException the first failure, which suppresses the others
   */
  @Override
  public void close() throws IOException {
    Closeable last = open.poll();
    if (last != null) {
      Closer others = this;
      try (others;
          last) {
        // Closes the last one, then the others.
      }
    }
  }
}
