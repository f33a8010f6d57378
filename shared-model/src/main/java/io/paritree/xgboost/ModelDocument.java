package io.paritree.xgboost;

import io.paritree.CorruptModelException;

/**
 * A model file read from front to back, whichever of the two encodings it has.
 *
 * <p>Each method reads the next value and fails if it is of another kind. Nothing is allocated by
 * what a file claims: lengths are checked against the bytes that are left. For one thread.
 */
interface ModelDocument {

  /** Enters an object; then {@link #nextKey} gives its keys. */
  void beginObject() throws CorruptModelException;

  /** Returns the next key of the innermost object, or null at its end, which is left by that. */
  String nextKey() throws CorruptModelException;

  /** Enters an array of anything but numbers; then {@link #nextElement} steps through it. */
  void beginArray() throws CorruptModelException;

  /** Returns whether the innermost array goes on; leaves it where it does not. */
  boolean nextElement() throws CorruptModelException;

  /** Reads a text. */
  String text() throws CorruptModelException;

  /** Reads a whole number. */
  long integer() throws CorruptModelException;

  /** Reads an array of numbers as floats, each the one nearest to what stands there. */
  float[] floats() throws CorruptModelException;

  /** Reads an array of whole numbers that fit an int. */
  int[] ints() throws CorruptModelException;

  /** Reads an array of numbers as whole ones; null if one of them is written as a float. */
  long[] longs() throws CorruptModelException;

  /** Reads an array of whole numbers of 8 bits, signed or not: from -128 to 255. */
  byte[] bytes() throws CorruptModelException;

  /** Reads an array of numbers without keeping them, and returns how many there are. */
  int count() throws CorruptModelException;

  /** Reads a value of any kind without keeping it. */
  void skip() throws CorruptModelException;

  /** Fails if anything but white space is left. */
  void end() throws CorruptModelException;

  /** Returns a failure at the place that is read now. */
  CorruptModelException corrupt(String what);
}
