package io.paritree.feature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.RandomNumbers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberTextTest {

  private static double parse(String text) {
    byte[] utf8 = (",," + text + "9").getBytes(UTF_8);
    assertThat(NumberText.isNumber(utf8, 2, utf8.length - 3)).as(text).isTrue();
    return NumberText.parse(utf8, 2, utf8.length - 3);
  }

  @Test
  void floatReadsBackFromItsShortestText() {
    assertThat(NumberText.of(1200)).isEqualTo("1200");
    assertThat(NumberText.of(0.1f)).isEqualTo("0.1");
    assertThat(NumberText.of(1e10f)).isEqualTo("1E10");
    assertThat(NumberText.of(-5e-4f)).isEqualTo("-5E-4");
    assertThat(NumberText.of(12345678f)).isEqualTo("12345678");
    for (long bits = 1; bits < 1L << 32; bits += 40_009) {
      float value = Float.intBitsToFloat((int) bits);
      if (Float.isFinite(value)) {
        String text = NumberText.of(value);
        assertThat((float) NumberText.parse(text)).as(text).isEqualTo(value);
      }
    }
  }

  @Test
  void numberIsTheNearestDouble() {
    RandomNumbers numbers = new RandomNumbers();
    for (int round = 0; round < 300_000; round++) {
      String text = numbers.next();
      byte[] utf8 = text.getBytes(UTF_8);
      double expected = Double.parseDouble(text);
      double parsed = NumberText.parse(utf8, 0, utf8.length);
      boolean same = Double.doubleToRawLongBits(parsed) == Double.doubleToRawLongBits(expected);
      if (!same || !NumberText.isNumber(utf8, 0, utf8.length)) {
        throw new AssertionError("%s for %s, %s".formatted(parsed, text, numbers.replay()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-0.0",
        "0.0",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "900719925474099.1",
        "900719925474098.9",
        "9007199254740989",
        "0.0000000000000000000001",
        "0.00000000000000000000001",
        "1.0000000000000000000000",
        "1.00000000000000000000000",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999",
        "1e0",
        "1E-0",
        "1e+22"
      })
  void numberAtALimitOfTheShortPathIsTheNearestDouble(String text) {
    assertThat(Double.doubleToRawLongBits(parse(text)))
        .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        "1.",
        ".5",
        "-.5",
        "+1",
        "01",
        "-01",
        "00",
        "1e",
        "1e+",
        "1e1.5",
        "1.e1",
        " 1",
        "1 ",
        "1,5",
        "0x1",
        "1f",
        "1d",
        "NaN",
        "Infinity",
        "--1",
        "1-",
        "1e1e1",
        "1.1.1",
        "١"
      })
  void anythingElseIsNoNumber(String text) {
    byte[] utf8 = text.getBytes(UTF_8);

    assertThat(NumberText.isNumber(utf8, 0, utf8.length)).isFalse();
  }
}
