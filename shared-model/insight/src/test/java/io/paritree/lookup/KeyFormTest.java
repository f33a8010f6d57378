package io.paritree.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.json.JsonText;
import io.paritree.lookup.KeyColumn.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A key in text becomes bytes, and is written back as JSON. */
class KeyFormTest {
  @ParameterizedTest
  @CsvSource({
    "INTEGER, 0, 4711, 4711",
    "INTEGER, 0, -9223372036854775808, -9223372036854775808",
    "DECIMAL, 2, 12.5, 12.50",
    "DECIMAL, 2, -12.50, -12.50",
    "DECIMAL, 0, 99999999999999999999999999999999999999, 99999999999999999999999999999999999999",
    "DATE, 0, 2026-11-24, '\"2026-11-24\"'",
    "DATE, 0, 1969-12-31, '\"1969-12-31\"'",
    "TIMESTAMP, 0, 2026-11-24T14:05:00.000001+01:00, '\"2026-11-24T13:05:00.000001Z\"'",
    "TIMESTAMP, 0, 1969-12-31 23:59:59.999999Z, '\"1969-12-31T23:59:59.999999Z\"'",
    "TIMESTAMP_NTZ, 0, 2026-11-24 13:05:01, '\"2026-11-24T13:05:01\"'",
    "BOOLEAN, 0, true, true",
    "TEXT, 0, 'a/b ..é', '\"a/b ..é\"'",
    "TEXT, 0, '', '\"\"'"
  })
  void textIsWrittenBackAsTheValue(Type type, int scale, String text, String json) {
    KeyForm form = new KeyForm(List.of(new KeyColumn("k", type, scale)));
    byte[] key = BuiltIndex.key(form, List.of(text), new KeyBytes()).toByteArray();

    assertThat(shown(form, key)).isEqualTo("{\"k\":%s}".formatted(json));
  }

  @ParameterizedTest
  @CsvSource({
    "INTEGER, 0, 007",
    "INTEGER, 0, 5.0",
    "INTEGER, 0, +5",
    "INTEGER, 0, 9223372036854775808",
    "INTEGER, 0, ''",
    "DECIMAL, 2, 12.505",
    "DECIMAL, 2, 1e2",
    "DATE, 0, 2026-02-30",
    "DATE, 0, 2026-11-24T00:00:00",
    "TIMESTAMP, 0, 2026-11-24T13:05:00",
    "TIMESTAMP, 0, 2026-11-24T13:05:00.0000001Z",
    "TIMESTAMP, 0, +1000000000-01-01T00:00:00Z",
    "TIMESTAMP_NTZ, 0, 2026-11-24T13:05:00Z",
    "BOOLEAN, 0, TRUE",
    "TEXT, 0, '\ud800'"
  })
  void textThatIsNoValueOfTheColumnIsRefused(Type type, int scale, String text) {
    KeyForm form = new KeyForm(List.of(new KeyColumn("k", type, scale)));

    assertThatThrownBy(() -> form.add(0, text, new KeyBytes()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("expected " + KeyForm.expected(form.columns().get(0)));
  }

  @Test
  void equalDecimalsAreOneKeyAndShiftedTextsAreTwo() {
    KeyForm decimal = new KeyForm(List.of(new KeyColumn("k", Type.DECIMAL, 3)));
    KeyForm texts =
        new KeyForm(List.of(new KeyColumn("a", Type.TEXT, 0), new KeyColumn("b", Type.TEXT, 0)));

    assertThat(bytes(decimal, "1.5")).isEqualTo(bytes(decimal, "1.500"));
    assertThat(bytes(texts, "ab", "c")).isNotEqualTo(bytes(texts, "a", "bc"));
    assertThat(shown(texts, bytes(texts, "ab", "c"))).isEqualTo("{\"a\":\"ab\",\"b\":\"c\"}");
  }

  private static byte[] bytes(KeyForm form, String... values) {
    return BuiltIndex.key(form, List.of(values), new KeyBytes()).toByteArray();
  }

  private static String shown(KeyForm form, byte[] key) {
    return new String(JsonText.compact(json -> form.write(key, json)), StandardCharsets.UTF_8);
  }
}
