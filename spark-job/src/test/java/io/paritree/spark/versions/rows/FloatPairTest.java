package io.paritree.spark.versions.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pairs of floats by Spark's generated code, and without. */
class FloatPairTest {
  private static final List<Expression> COLUMNS =
      List.of(
          new BoundReference(0, DataTypes.FloatType, true),
          new BoundReference(1, DataTypes.FloatType, true));

  static Stream<Object> floats() {
    return Stream.of(0f, -0f, 1.5f, -1.5f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, Float.NaN);
  }

  @ParameterizedTest
  @MethodSource("floats")
  void bothFloatsKeepTheirBits(float value) {
    assertPair(value, -3f, value, -3f);
    assertPair(7f, value, 7f, value);
    assertPair(value, null, value, Float.NaN);
    assertPair(null, value, Float.NaN, value);
  }

  private static void assertPair(Float first, Float second, Float wantedFirst, Float wantedSecond) {
    InternalRow input = new GenericInternalRow(new Object[] {first, second});
    FloatPair pair = new FloatPair(COLUMNS);
    for (Object found : List.of(pair.eval(input), Generated.value(pair, input))) {
      assertThat(FloatPair.first((long) found)).isEqualTo(wantedFirst);
      assertThat(FloatPair.second((long) found)).isEqualTo(wantedSecond);
    }
  }
}
