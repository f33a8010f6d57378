package io.paritree.xgboost;

import io.paritree.CorruptModelException;

/**
 * A model file in one of the two encodings, read from front to back.
 *
 * <p>Each method reads the next value and fails if it is of another kind. No memory is allocated
 * only because the file claims a length: lengths are checked against the bytes that are left. Not
 * thread-safe.
 */
interface ModelDocument {

  /** Enters an object; then {@link #nextKey} returns its keys. */
  void beginObject() throws CorruptModelException;

  /**
   * Returns the next key of the innermost object; at its end returns null and leaves the object.
   */
  String nextKey() throws CorruptModelException;

  /** Enters an array of values that are not numbers; {@link #nextElement} steps through it. */
  void beginArray() throws CorruptModelException;

  /** Returns whether the innermost array has a next element; leaves the array if it has none. */
  boolean nextElement() throws CorruptModelException;

  String text() throws CorruptModelException;

  /** Reads a whole number. */
  long integer() throws CorruptModelException;

  /** Reads an array of numbers as floats, each the nearest one to the number in the file. */
  float[] floats() throws CorruptModelException;

  /** Reads an array of whole numbers that fit an int. */
  int[] ints() throws CorruptModelException;

  /** Reads an array of numbers as whole numbers; null if one of them is written as a float. */
  long[] longs() throws CorruptModelException;

  /** Reads an array of whole numbers of 8 bits, signed or not: from -128 to 255. */
  byte[] bytes() throws CorruptModelException;

  /** Reads an array of numbers without keeping them, and returns how many there are. */
  int count() throws CorruptModelException;

  /** Reads a value of any kind without keeping it. */
  void skip() throws CorruptModelException;

  /** Fails if anything is left; white space is allowed in JSON only. */
  void end() throws CorruptModelException;

  /** Returns an exception that names the current position in the file. */
  CorruptModelException corrupt(String what);
}
