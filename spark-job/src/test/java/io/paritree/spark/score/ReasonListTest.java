package io.paritree.spark.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.junit.jupiter.api.Test;

/** The value of a reason is what the record gave. */
class ReasonListTest {
  private static String text(Object value, DataType type) {
    return ReasonList.text(new GenericInternalRow(new Object[] {value}), 0, type);
  }

  @Test
  void decimalsHaveNoExponent() {
    DataType type = DataTypes.createDecimalType(38, 18);
    for (String number : new String[] {"0.000000000000000000", "0.000000010000000000"}) {
      assertThat(text(Decimal.apply(new BigDecimal(number), 38, 18), type)).isEqualTo(number);
    }
  }

  @Test
  void nanAndNullAreMissing() {
    assertThat(text(Double.NaN, DataTypes.DoubleType)).isNull();
    assertThat(text(Float.NaN, DataTypes.FloatType)).isNull();
    assertThat(text(null, DataTypes.LongType)).isNull();
    assertThat(text(-0.5f, DataTypes.FloatType)).isEqualTo("-0.5");
  }
}
