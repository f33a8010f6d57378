package io.paritree.serving.runs;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The contents of files that were read last, up to some bytes in all. Not thread-safe. */
final class RecentFiles {
  private static final long MOST_BYTES = 16 << 20;

  private final Map<String, byte[]> contents = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** Reads a file. */
  @FunctionalInterface
  interface Reading {
    byte[] read() throws IOException;
  }

  /** Returns the content of a file that never changes, which is read if it is not kept. */
  byte[] get(String name, Reading reading) throws IOException {
    byte[] kept = contents.get(name);
    if (kept != null) {
      return kept;
    }

    byte[] content = reading.read();
    if (content.length <= MOST_BYTES / 2) {
      contents.put(name, content);
      bytes += content.length;
      Iterator<byte[]> eldest = contents.values().iterator();
      while (bytes > MOST_BYTES) {
        bytes -= eldest.next().length;
        eldest.remove();
      }
    }

    return content;
  }

  /** Forgets all files: one was damaged, and may be restored. */
  void clear() {
    contents.clear();
    bytes = 0;
  }
}
