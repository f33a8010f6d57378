package io.paritree.spark.sql;

import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;

/**
 * A row of objects, followed by the numbers of a {@link PackedNumbers}: first the floats. NaN takes
 * the place of null there, since it means the same to every feature. Not thread-safe.
 */
final class PackedRow extends GenericInternalRow {
  private static final long serialVersionUID = 1L;

  private final int objects;
  private final int firstDouble;
  private transient PackedNumbers numbers;

  /**
   * @param objects receives the values of the first columns
   * @param floats how many columns of floats follow
   */
  PackedRow(Object[] objects, int floats) {
    super(objects);
    this.objects = objects.length;
    this.firstDouble = objects.length + floats;
  }

  void set(PackedNumbers next) {
    numbers = next;
  }

  @Override
  public boolean isNullAt(int ordinal) {
    return ordinal < objects && super.isNullAt(ordinal);
  }

  @Override
  public float getFloat(int ordinal) {
    return numbers.getFloats()[ordinal - objects];
  }

  @Override
  public double getDouble(int ordinal) {
    return numbers.getDoubles()[ordinal - firstDouble];
  }
}
