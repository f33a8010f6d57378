package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * A model file in one of the two encodings, read from front to back.
 *
 * <p>Each method reads the next value and fails if it is of another kind. A key that occurs twice
 * in one object is refused. No memory is allocated only because the file claims a length: lengths
 * are checked against the bytes that are left. Not thread-safe.
 */
abstract class ModelDocument {
  static final int MAX_NESTING = 64;

  /** An array that has more numbers than expected grows by half and by so many. */
  private static final int MORE_NUMBERS = 16;

  private final ArrayDeque<Set<String>> keys = new ArrayDeque<>();

  /** Enters an object; then {@link #nextKey} returns its keys. */
  final void beginObject() throws CorruptModelException {
    openObject();
    if (keys.size() == MAX_NESTING) {
      throw corrupt("more than %s objects are nested".formatted(MAX_NESTING));
    }

    keys.push(new HashSet<>());
  }

  /**
   * Returns the next key of the innermost object; at its end returns null and leaves the object.
   */
  final String nextKey() throws CorruptModelException {
    String key = readKey();
    if (key == null) {
      keys.pop();
    } else if (!keys.element().add(key)) {
      throw corrupt("key '%s' occurs twice in one object".formatted(Fault.printable(key)));
    }

    return key;
  }

  /** Reads the beginning of an object. */
  abstract void openObject() throws CorruptModelException;

  /** Reads the next key of the innermost object, or its end, and then returns null. */
  abstract String readKey() throws CorruptModelException;

  /** Enters an array of values that are not numbers; {@link #nextElement} steps through it. */
  abstract void beginArray() throws CorruptModelException;

  /** Returns whether the innermost array has a next element; leaves the array if it has none. */
  abstract boolean nextElement() throws CorruptModelException;

  abstract String text() throws CorruptModelException;

  /** Reads a whole number. */
  abstract long integer() throws CorruptModelException;

  /** Reads an array of numbers as floats, each the nearest one to the number in the file. */
  final float[] floats() throws CorruptModelException {
    float[] floats = new float[beginNumbers()];
    int count = 0;
    while (nextNumber()) {
      floats = count < floats.length ? floats : Arrays.copyOf(floats, grown(count));
      floats[count++] = asFloat();
    }

    return count == floats.length ? floats : Arrays.copyOf(floats, count);
  }

  private static int grown(int length) {
    return length + (length >> 1) + MORE_NUMBERS;
  }

  /** Reads an array of whole numbers that fit an int. */
  final int[] ints() throws CorruptModelException {
    int[] ints = new int[beginNumbers()];
    int count = 0;
    while (nextNumber()) {
      long value = asWhole();
      if (value != (int) value) {
        throw tooWide(value, Integer.SIZE);
      }

      ints = count < ints.length ? ints : Arrays.copyOf(ints, grown(count));
      ints[count++] = (int) value;
    }

    return count == ints.length ? ints : Arrays.copyOf(ints, count);
  }

  /** Reads an array of numbers as whole numbers; null if one of them is written as a float. */
  final long[] longs() throws CorruptModelException {
    long[] longs = new long[beginNumbers()];
    int count = 0;
    boolean areWhole = true;
    while (nextNumber()) {
      if (isFloat()) {
        skipNumber();
        areWhole = false;
      } else {
        longs = count < longs.length ? longs : Arrays.copyOf(longs, grown(count));
        longs[count++] = asWhole();
      }
    }

    return areWhole ? Arrays.copyOf(longs, count) : null;
  }

  /** Reads an array of whole numbers of 8 bits, signed or not: from -128 to 255. */
  final byte[] bytes() throws CorruptModelException {
    byte[] bytes = new byte[beginNumbers()];
    int count = 0;
    while (nextNumber()) {
      long value = asWhole();
      if (value < Byte.MIN_VALUE || value > 255) {
        throw tooWide(value, Byte.SIZE);
      }

      bytes = count < bytes.length ? bytes : Arrays.copyOf(bytes, grown(count));
      bytes[count++] = (byte) value;
    }

    return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
  }

  /** Reads an array of numbers without keeping them, and returns how many there are. */
  final int count() throws CorruptModelException {
    beginNumbers();
    int count = 0;
    while (nextNumber()) {
      skipNumber();
      count++;
    }

    return count;
  }

  /** Enters an array of numbers; returns how many to expect, no more than its bytes can hold. */
  abstract int beginNumbers() throws CorruptModelException;

  /** Goes to the next number of the array; returns false, and leaves the array, at its end. */
  abstract boolean nextNumber() throws CorruptModelException;

  /** Returns whether the current number is written as a float. */
  abstract boolean isFloat();

  /** Reads the current number as the nearest float. */
  abstract float asFloat() throws CorruptModelException;

  /** Reads the current number, which must be whole; a boolean is 0 or 1. */
  abstract long asWhole() throws CorruptModelException;

  /** Reads the current number without keeping it. */
  abstract void skipNumber() throws CorruptModelException;

  /** Returns an exception for the current number, which does not fit some bits. */
  abstract CorruptModelException tooWide(long value, int bits);

  /** Reads a value of any kind without keeping it. */
  abstract void skip() throws CorruptModelException;

  /** Fails if anything is left; white space is allowed in JSON only. */
  abstract void end() throws CorruptModelException;

  /** Returns an exception that names the current position in the file. */
  abstract CorruptModelException corrupt(String what);
}
