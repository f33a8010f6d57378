package io.paritree.spark.sql;

/**
 * The numbers of a row, as arrays: Spark reads and writes an array of primitives in one step, and
 * would make an object of each number otherwise. An array without numbers is null. Public, and with
 * setters, for its encoder only.
 */
public final class PackedNumbers {
  private float[] floats;
  private double[] doubles;
  private long[] longs;
  private boolean[] nulls;

  /** For Spark, which calls the setters next. */
  public PackedNumbers() {}

  public float[] getFloats() {
    return floats;
  }

  public void setFloats(float[] floats) {
    this.floats = floats;
  }

  public double[] getDoubles() {
    return doubles;
  }

  public void setDoubles(double[] doubles) {
    this.doubles = doubles;
  }

  public long[] getLongs() {
    return longs;
  }

  public void setLongs(long[] longs) {
    this.longs = longs;
  }

  public boolean[] getNulls() {
    return nulls;
  }

  public void setNulls(boolean[] nulls) {
    this.nulls = nulls;
  }
}
