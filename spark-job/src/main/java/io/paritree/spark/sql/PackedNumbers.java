package io.paritree.spark.sql;

/**
 * The numbers of a row's fields, as two arrays: Spark reads an array of primitives in one step, and
 * would make an object of each number otherwise. Public, and with setters, for its encoder only.
 */
public final class PackedNumbers {
  private float[] floats;
  private double[] doubles;

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
}
