package io.paritree.lookup.parquet;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Walks through the bytes of a Parquet footer, which are in Thrift's compact protocol, before they
 * are read: Parquet's reader makes lists and texts as long as a few bytes say they are.
 */
final class FooterLimits {
  private static final int MAX_DEPTH = 64;

  /** About what the reader takes for a member of a list, at least. */
  private static final int BYTES_PER_MEMBER = 128;

  private static final int HEAP_PER_FOOTER = 4;

  private static final int STOP = 0;
  private static final int FALSE = 2;
  private static final int BYTE = 3;
  private static final int LONG = 6;
  private static final int DOUBLE = 7;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int SET = 10;
  private static final int MAP = 11;
  private static final int STRUCT = 12;

  private final ByteBuffer bytes;
  private final long most = Runtime.getRuntime().maxMemory() / HEAP_PER_FOOTER / BYTES_PER_MEMBER;
  private long members;

  private FooterLimits(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  /**
   * @throws UnusableRowsException if the footer is not whole, or says more than the heap can take
   */
  static void check(byte[] footer) throws UnusableRowsException {
    try {
      new FooterLimits(footer).struct(0);
    } catch (BufferUnderflowException e) {
      throw new UnusableRowsException("it is damaged: its footer is cut", e);
    }
  }

  private void struct(int depth) throws UnusableRowsException {
    if (depth > MAX_DEPTH) {
      throw new UnusableRowsException("it is damaged: its footer is too deep");
    }

    for (int head = bytes.get() & 0xff; head != STOP; head = bytes.get() & 0xff) {
      if (head >>> 4 == 0) {
        var(); // the number of the field
      }

      int type = head & 0xf;
      if (type > FALSE) { // the value of a truth is in its type
        value(type, depth);
      }
    }
  }

  private void value(int type, int depth) throws UnusableRowsException {
    if (type <= BYTE) {
      bytes.get();
    } else if (type <= LONG) {
      var();
    } else if (type == DOUBLE) {
      bytes.getLong();
    } else if (type == BINARY) {
      int length = (int) most(var(), bytes.remaining());
      bytes.position(bytes.position() + length);
    } else if (type == LIST || type == SET) {
      int head = bytes.get() & 0xff;
      long size = head >>> 4 == 0xf ? var() : head >>> 4;
      values(size, head & 0xf, depth);
    } else if (type == MAP) {
      map(var(), depth);
    } else if (type == STRUCT) {
      struct(depth + 1);
    } else {
      throw new UnusableRowsException("it is damaged: its footer has a field of no type");
    }
  }

  private void map(long size, int depth) throws UnusableRowsException {
    if (size != 0) {
      int types = bytes.get() & 0xff;
      most(size, bytes.remaining());
      for (long entry = 0; entry < size; entry++) {
        values(1, types >>> 4, depth);
        values(1, types & 0xf, depth);
      }
    }
  }

  private void values(long size, int type, int depth) throws UnusableRowsException {
    members += most(size, bytes.remaining());
    most(members, most);
    for (long member = 0; member < size; member++) {
      value(type, depth);
    }
  }

  private static long most(long size, long most) throws UnusableRowsException {
    if (size < 0 || size > most) {
      throw new UnusableRowsException(
          "it is damaged, or has more than this heap can take: its footer says %s of at most %s"
              .formatted(size, most));
    }

    return size;
  }

  private long var() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
