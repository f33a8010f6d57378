package io.paritree.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.RandomNumbers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A list that has been read has the tokens and values of its document. */
class JsonListTest {
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "-0",
          "-0.0",
          "-0e1",
          "1e400",
          "9007199254740993",
          "123456789012345",
          "1234567890123456",
          "1".repeat(64),
          "1".repeat(65),
          "1".repeat(300),
          "\"\"",
          "\"a\"",
          "\"],[\"",
          "\"\u00e4\u20ac\ud83d\ude00\"",
          "\"\\u00e4\\n\\\"\\\\\"",
          "\"\\ud83d\\ude00\"",
          "\"\\ud83d x\"",
          "\"" + "x".repeat(70_000) + "\"",
          "\"\\t" + "x".repeat(70_000) + "\"",
          "[]",
          "[ 1 ,\t[2]\r\n]");

  /**
   * Returns the tokens of the list under {@code x}, each with its value, as the document has them.
   */
  private static List<String> ofDocument(byte[] json) throws MalformedJsonException {
    List<String> tokens = new ArrayList<>();
    TextBytes text = new TextBytes();
    try (JsonDocument document = JsonDocument.of(json, json.length)) {
      int depth = at(document) < 0 ? 0 : 1;
      while (depth > 0) {
        JsonToken token = document.next();
        depth += token == JsonToken.START_ARRAY ? 1 : 0;
        depth -= token == JsonToken.END_ARRAY ? 1 : 0;
        if (token == JsonToken.VALUE_STRING) {
          document.text(text);
          tokens.add(text(text.bytes(), 0, text.length()));
        } else if (token.isNumeric()) {
          boolean isLong = document.isLongNumber();
          tokens.add(number(isLong, isLong ? 0 : document.number()));
        } else {
          tokens.add(token.name());
        }
      }
    }

    return tokens;
  }

  private static List<String> ofList(byte[] json) throws MalformedJsonException {
    JsonList list;
    try (JsonDocument document = JsonDocument.of(json, json.length)) {
      list = new JsonList(json, at(document));
      document.skip();
      document.next();
      document.end();
    }

    List<String> tokens = new ArrayList<>();
    for (int depth = 1; depth > 0; ) {
      JsonToken token = list.next();
      depth += token == JsonToken.START_ARRAY ? 1 : 0;
      depth -= token == JsonToken.END_ARRAY ? 1 : 0;
      if (token == JsonToken.VALUE_STRING) {
        tokens.add(text(list.bytes(), list.offset(), list.length()));
      } else if (token.isNumeric()) {
        tokens.add(number(list.isLongNumber(), list.number()));
      } else {
        tokens.add(token.name());
      }
    }

    return tokens;
  }

  /** Goes to the list. */
  private static int at(JsonDocument document) throws MalformedJsonException {
    document.next();
    document.next();
    assertThat(document.next()).isEqualTo(JsonToken.START_ARRAY);
    return document.at();
  }

  /** Returns a text; of one that is too long, which may be cut, only that. */
  private static String text(byte[] utf8, int offset, int length) {
    return length > 65_536 ? "long text" : "text " + new String(utf8, offset, length, UTF_8);
  }

  private static String number(boolean isLong, double number) {
    return isLong ? "long number" : "bits " + Double.doubleToRawLongBits(number);
  }

  private static void assertSame(String list) throws MalformedJsonException {
    byte[] json = ("{\"\u00e4\" : " + list + "}").getBytes(UTF_8);
    assertThat(ofList(json)).as(list).isEqualTo(ofDocument(json));
  }

  @Test
  void elementsAreThoseOfTheDocument() throws Exception {
    assertSame("[]");
    assertSame(" [ \n ] ");
    assertSame("[" + String.join(",", VALUES) + "]");
    assertSame("[ " + String.join("\t ,\r\n", VALUES) + " ]");
    for (String value : VALUES) {
      assertSame("[" + value + "]");
    }
  }

  @Test
  void objectIsOneToken() throws Exception {
    String object = "{\"]\":\"}\\\"\",\"a\":[{},{\"b\":[[[[[[[[[1]]]]]]]]]}]}";
    byte[] json = "{\"x\":[%s,%s ,1]}".formatted(object, object).getBytes(UTF_8);

    assertThat(ofList(json))
        .containsExactly(
            "START_OBJECT", "START_OBJECT", number(false, 1), JsonToken.END_ARRAY.name());
  }

  @Test
  void numbersHaveTheBitsOfTheDocument() throws Exception {
    RandomNumbers numbers = new RandomNumbers();
    List<String> some = new ArrayList<>();
    for (int number = 0; number < 100_000; number++) {
      some.add(numbers.next());
    }

    byte[] json = ("{\"x\":" + some + "}").getBytes(UTF_8);
    assertThat(ofList(json)).as(numbers.replay()).isEqualTo(ofDocument(json));
  }
}
