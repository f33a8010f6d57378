package io.paritree.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.RandomNumbers;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDocumentTest {
  private static final int MAX_BYTES = 1 << 20;

  /** Reads all tokens and all values. */
  private static void readAll(byte[] bytes) throws MalformedJsonException {
    TextBytes text = new TextBytes();
    try (JsonDocument document = JsonDocument.of(bytes, MAX_BYTES)) {
      for (JsonToken token = document.next(); token != null; token = document.next()) {
        if (token == JsonToken.VALUE_STRING) {
          document.text(text);
          document.text();
        } else if (token.isNumeric()) {
          if (document.isLongNumber()) {
            throw document.malformed("a long number");
          }

          document.number();
        }
      }
    }
  }

  private static void readAll(String json) throws MalformedJsonException {
    readAll(json.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'a':1}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":-01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":-}",
        "{\"a\":1e}",
        "{\"a\":0x1}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":nul}",
        "{\"a\":True}",
        "{\"a\":1,}",
        "{,}",
        "[1,]",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":\"x",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud8\"}",
        "{\"a\":\"a\nb\"}",
        "{\"a\":1",
        "[",
        "[1}",
        "}",
        "// comment\n1",
        "/* comment */1",
        "# comment\n1",
        "{\"a\":1}}",
        "\u0001",
        "{\"a\":1;\"b\":2}",
        "\"\t\"",
        "{\"a\":}"
      })
  void whatIsNoJsonIsRefused(String json) {
    assertThatThrownBy(() -> readAll(json)).isInstanceOf(MalformedJsonException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " [ ] ",
        "0",
        "-0",
        "-0.0e-0",
        "\"\"",
        "null",
        "true",
        "[1,\"a\",{\"b\":null}]",
        "{\"a\":1E+2}",
        "\"\\u00e4\\n\\/\"",
        "\"日本 \ud83d\ude00\"",
        "\"\\ud83d\\ude00\""
      })
  void jsonIsRead(String json) {
    assertThatCode(() -> readAll(json)).doesNotThrowAnyException();
  }

  @Test
  void eachLimitIsHeldExactlyWhereAValueIsRead() {
    assertLimit("[".repeat(1_000) + "]".repeat(1_000), "[".repeat(1_001) + "]".repeat(1_001));
    assertLimit("\"" + "x".repeat(65_536) + "\"", "\"" + "x".repeat(65_537) + "\"");
    assertLimit("\"" + "x".repeat(65_536) + "\"", "\"" + "x".repeat(100_000) + "\"");
    assertLimit("1".repeat(64), "1".repeat(65));
    assertLimit("1".repeat(64), "1".repeat(1_000));
    assertLimit("0." + "1".repeat(62), "0." + "1".repeat(63));
    assertLimit(" ".repeat(MAX_BYTES - 1) + "1", " ".repeat(MAX_BYTES) + "1");
  }

  static Stream<String> tooLarge() {
    return Stream.of(
        "1".repeat(65),
        "-" + "1".repeat(500) + ".5e-7",
        "\"" + "x".repeat(65_537) + "\"",
        "\"" + "日\\u65e5\\n".repeat(60_000) + "\"",
        "\"" + "x".repeat(65_567) + "\\ud83d\\ude00" + "x".repeat(99) + "\"",
        "[".repeat(99) + "\n1" + "]".repeat(99));
  }

  @ParameterizedTest
  @MethodSource("beyondTheParser")
  void whatExceedsTheParsersLimitsIsRefusedAlsoWhereItIsSkipped(String large) {
    byte[] json = "[{\"a\":%s}]".formatted(large).getBytes(UTF_8);

    assertThatThrownBy(
            () -> {
              try (JsonDocument document = JsonDocument.of(json, MAX_BYTES * 8)) {
                document.next();
                document.skip();
              }
            })
        .isInstanceOf(MalformedJsonException.class)
        .hasMessageContaining("exceeds the maximum allowed");
  }

  static Stream<String> beyondTheParser() {
    return Stream.of(
        "1".repeat(2 << 20),
        "{\"%s\":1}".formatted("n".repeat(60_000)),
        "[".repeat(1_000) + "]".repeat(1_000),
        "{\"\\\"]\":".repeat(5_000) + "\"}\"" + "}".repeat(5_000));
  }

  /** What follows it is read as if it were not there, at the same place in the document. */
  @ParameterizedTest
  @MethodSource("tooLarge")
  void whatIsTooLargeIsSkippedAlone(String large) throws MalformedJsonException {
    String json =
        "[[%s,%s],{\"a\":%s,\"b\":%s},\n\"ä\",2.5] x".formatted(large, large, large, large);
    try (JsonDocument document = JsonDocument.of(json.getBytes(UTF_8), MAX_BYTES * 8)) {
      document.next();
      document.next();
      document.skip();
      assertThat(document.next()).isEqualTo(JsonToken.START_OBJECT);
      for (String name : new String[] {"a", "b"}) {
        assertThat(document.next()).isEqualTo(JsonToken.FIELD_NAME);
        assertThat(document.name()).isEqualTo(name);
        document.next();
        document.skip();
      }

      assertThat(document.next()).isEqualTo(JsonToken.END_OBJECT);
      assertThat(document.next()).isEqualTo(JsonToken.VALUE_STRING);
      assertThat(document.text()).isEqualTo("ä");
      document.next();
      assertThat(document.number()).isEqualTo(2.5);
      assertThat(document.next()).isEqualTo(JsonToken.END_ARRAY);
      int lines = 2 + 4 * (int) large.chars().filter(unit -> unit == '\n').count();
      assertThatThrownBy(document::next)
          .isInstanceOf(MalformedJsonException.class)
          .hasMessageContaining("at line %s, column 11".formatted(lines));
    }
  }

  private static void assertLimit(String within, String beyond) {
    assertThatCode(() -> readAll(within)).doesNotThrowAnyException();
    assertThatThrownBy(() -> readAll(beyond)).isInstanceOf(MalformedJsonException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_001, 100_000, 1_000_000})
  void nestingOfAnyDepthIsRefused(int depth) {
    assertThatThrownBy(() -> readAll("[".repeat(depth))).isInstanceOf(MalformedJsonException.class);
    assertThatThrownBy(() -> readAll("{\"a\":".repeat(depth)))
        .isInstanceOf(MalformedJsonException.class);
  }

  @Test
  void onlyUtf8WithoutByteOrderMarkIsRead() {
    for (Charset charset : new Charset[] {UTF_16, UTF_16LE, Charset.forName("UTF-32BE")}) {
      assertThatThrownBy(() -> readAll("{\"a\":1}".getBytes(charset)))
          .as(charset.name())
          .isInstanceOf(MalformedJsonException.class)
          .hasMessageContaining("UTF-8");
    }

    assertThatThrownBy(() -> readAll("\ufeff{\"a\":1}"))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessageContaining("byte order mark");
    assertThatThrownBy(() -> readAll("\"ä\"".getBytes(ISO_8859_1)))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessageContaining("UTF-8, at line 1, column 2");
  }

  @ParameterizedTest
  @CsvSource({
    "c080, overlong NUL",
    "c1bf, overlong",
    "e08080, overlong",
    "eda080, surrogate",
    "f08080af, overlong",
    "f4908080, above U+10FFFF",
    "f5808080, above U+10FFFF",
    "80, continuation alone",
    "e282, cut short",
    "ff, no UTF-8",
  })
  void illFormedUtf8IsRefused(String hex, String what) {
    byte[] bad = new BigInteger("22" + hex + "22", 16).toByteArray();

    assertThatThrownBy(() -> readAll(bad)).as(what).isInstanceOf(MalformedJsonException.class);
  }

  @Test
  void messageSaysWhereAndWhatWithoutForeignSource() {
    MalformedJsonException failure =
        catchThrowableOfType(
            MalformedJsonException.class, () -> readAll("{\"a\":1,\n  \"b\" secret}"));

    assertThat(failure)
        .hasMessage(
            "Cannot read the JSON document: Unexpected character ('s' (code 115)): was expecting a"
                + " colon to separate field name and value, at line 2, column 7");
    for (String json : new String[] {"[[[[[[[[[1", "[1}", "{\"a\":NaN}", "/", "1".repeat(99)}) {
      assertThatThrownBy(() -> readAll(json))
          .message()
          .doesNotContain("`", "Source", "REDACTED", "java", "Feature", "byte[]")
          .hasSizeLessThan(200);
    }
  }

  @Test
  void whatFollowsTheDocumentIsRefused() throws MalformedJsonException {
    for (String json : new String[] {"{} {}", "{}1", "{}x"}) {
      JsonDocument document = JsonDocument.of(json.getBytes(UTF_8), MAX_BYTES);
      document.next();
      document.skip();
      assertThatThrownBy(document::end).isInstanceOf(MalformedJsonException.class);
    }

    JsonDocument document = JsonDocument.of("{}  \n ".getBytes(UTF_8), MAX_BYTES);
    document.next();
    document.skip();
    document.end();
  }

  /** {@code Double.parseDouble} rounds correctly; Jackson has a separate path for each form. */
  @Test
  void numberOfAnyFormIsTheNearestDouble() throws MalformedJsonException {
    RandomNumbers numbers = new RandomNumbers();
    for (int round = 0; round < 200_000; round++) {
      String text = numbers.next();
      try (JsonDocument document = JsonDocument.of(text.getBytes(UTF_8), MAX_BYTES)) {
        document.next();
        double read = document.number() + 0.0; // Jackson drops the sign of integer -0; slots too
        if (read != Double.parseDouble(text)) {
          throw new AssertionError("%s for %s, %s".formatted(read, text, numbers.replay()));
        }

        document.end();
      }
    }
  }
}
