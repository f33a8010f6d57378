package io.paritree.lookup;

/** A row is too long for readers of an index. The message says how long it is. */
public final class LongRowException extends RuntimeException {
  /**
   * @param bytes how many it has, in words
   */
  public LongRowException(String what, String bytes, int most) {
    super("%s has %s bytes, and at most %s are read".formatted(what, bytes, most));
  }
}
