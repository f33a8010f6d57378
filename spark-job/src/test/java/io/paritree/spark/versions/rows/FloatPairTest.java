package io.paritree.spark.versions.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.UnaryMinus;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pairs of floats by Spark's generated code, and without. */
class FloatPairTest {
  static Stream<Float> floats() {
    return Stream.of(0f, -0f, 1.5f, -1.5f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, Float.NaN);
  }

  @ParameterizedTest
  @MethodSource("floats")
  void bothFloatsKeepTheirBits(Float value) {
    assertPair(value, -3f, value, -3f);
    assertPair(7f, value, 7f, value);
    assertPair(value, null, value, Float.NaN);
    assertPair(null, value, Float.NaN, value);
  }

  @Test
  void expressionsThatAreLongInSparksCodeArePairedToo() {
    Expression negated = column(0, true);
    for (int time = 0; time < 60; time++) {
      negated = new UnaryMinus(negated, false);
    }

    assertPair(new FloatPair(negated, column(1, false)), 2.5f, 3f, 2.5f, 3f);
    assertPair(new FloatPair(negated, column(1, false)), null, 3f, Float.NaN, 3f);
  }

  private static void assertPair(Float first, Float second, Float wantedFirst, Float wantedSecond) {
    Expression any = column(0, true);
    assertPair(new FloatPair(any, column(1, true)), first, second, wantedFirst, wantedSecond);
    assertPair(
        new FloatPair(Literal.create(first, DataTypes.FloatType), column(1, second == null)),
        null,
        second,
        wantedFirst,
        wantedSecond);
    assertPair(
        new FloatPair(any, Literal.create(second, DataTypes.FloatType)),
        first,
        null,
        wantedFirst,
        wantedSecond);
  }

  private static void assertPair(
      FloatPair pair, Float first, Float second, Float wantedFirst, Float wantedSecond) {
    InternalRow input = new GenericInternalRow(new Object[] {first, second});
    for (Object found : List.of(pair.eval(input), Generated.value(pair, input))) {
      assertThat(FloatPair.first((long) found)).isEqualTo(wantedFirst);
      assertThat(FloatPair.second((long) found)).isEqualTo(wantedSecond);
    }
  }

  private static Expression column(int ordinal, boolean isNullable) {
    return new BoundReference(ordinal, DataTypes.FloatType, isNullable);
  }
}
