package io.paritree.serving.insight.runs;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The contents of files that were read last, up to some bytes in all. Thread-safe. */
final class RecentFiles {
  static final int MOST_BYTES = 16 << 20;

  private final Map<String, byte[]> contents = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** Reads a file. */
  @FunctionalInterface
  interface Reading {
    byte[] read() throws IOException;
  }

  /** Returns the content of a file that never changes, which is read if it is not kept. */
  byte[] get(String name, Reading reading) throws IOException {
    byte[] kept = kept(name);
    if (kept != null) {
      return kept;
    }

    byte[] content = reading.read();
    if (content.length <= MOST_BYTES / 2) {
      keep(name, content);
    }

    return content;
  }

  private synchronized byte[] kept(String name) {
    return contents.get(name);
  }

  private synchronized void keep(String name, byte[] content) {
    byte[] before = contents.put(name, content); // which another thread may have read, too
    bytes += content.length - (before == null ? 0 : before.length);
    Iterator<byte[]> eldest = contents.values().iterator();
    while (bytes > MOST_BYTES) {
      bytes -= eldest.next().length;
      eldest.remove();
    }
  }

  /** Forgets all files: one was damaged, and may be restored. */
  synchronized void clear() {
    contents.clear();
    bytes = 0;
  }
}
