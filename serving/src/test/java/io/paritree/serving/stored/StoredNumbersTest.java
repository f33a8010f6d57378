package io.paritree.serving.stored;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyColumn.Type;
import io.paritree.lookup.KeyForm;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client;
import io.paritree.serving.RunningServer;
import io.paritree.serving.StoredOutput;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A number that a page would read as another one is answered as text. */
class StoredNumbersTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "9007199254740992      | 9007199254740992",
        "-9007199254740992     | -9007199254740992",
        "9007199254740993      | \"9007199254740993\"",
        "9007199254740994      | \"9007199254740994\"",
        "-9223372036854775808  | \"-9223372036854775808\"",
        "12.50                 | 12.50",
        "0.1                   | 0.1",
        "0.30000000000000004   | 0.30000000000000004",
        "1.7976931348623157E308 | 1.7976931348623157E308",
        "123456789012345678.25 | \"123456789012345678.25\"",
        "0.100000000000000000001 | \"0.100000000000000000001\"",
      })
  void numbersThatADoubleHoldsStayNumbers(String stored, String answered) {
    String members = ",\"columns\":{\"a\":%s,\"b\":[%s]},\"label\":\"x\"";

    assertThat(text(members.formatted(stored, stored), Numbers.MIXED))
        .isEqualTo(members.formatted(answered, answered));
    assertThat(new String(StoredNumbers.key(key(stored), Numbers.MIXED), UTF_8))
        .isEqualTo("{\"k\":" + answered + "}");
  }

  @Test
  void allNumbersOfColumnsAreTextWhereThatIsAskedFor() {
    assertThat(text(",\"margin\":0.5,\"columns\":{\"a\":1,\"b\":null,\"c\":\"2\"}", Numbers.TEXT))
        .isEqualTo(",\"margin\":0.5,\"columns\":{\"a\":\"1\",\"b\":null,\"c\":\"2\"}");
    assertThat(new String(StoredNumbers.key(key("7"), Numbers.TEXT), UTF_8))
        .isEqualTo("{\"k\":\"7\"}");
    assertThat(text("", Numbers.TEXT)).isEmpty();
  }

  private static byte[] key(String number) {
    return "{\"k\":%s}".formatted(number).getBytes(UTF_8);
  }

  private static String text(String members, Numbers numbers) {
    return new String(StoredAnswer.members(members.getBytes(UTF_8), null, numbers), UTF_8);
  }

  @Test
  void aLargeKeyIsFoundByTheTextThatTheAnswerHas() throws Exception {
    KeyForm keys = new KeyForm(List.of(new KeyColumn("loan_id", Type.INTEGER, 0)));
    StoredOutput output = new StoredOutput(directory.resolve("loans"), keys, 1);
    output.publish(
        "",
        "m/1",
        rows -> {
          rows.add(List.of("9007199254740993"), ",\"columns\":{\"n\":9007199254740995}", 0.25f);
          rows.add(List.of("9007199254740992"), "", 0.5f);
        });
    String model = new TestPackages(directory.resolve("store")).binary().getParent().toString();
    try (RunningServer serving =
            RunningServer.start(
                List.of(model),
                Map.of("scores.loans.output", '"' + output.path().toString() + '"'));
        Client client = new Client(serving.port())) {
      String row = client.get("/v1/scores/loans/9007199254740993").body();
      assertThat(row)
          .contains("\"loan_id\":\"9007199254740993\"", "\"n\":\"9007199254740995\"", "0.25");

      String found =
          client
              .post("/v1/scores/loans/lookup", "{\"keys\":[{\"loan_id\":\"9007199254740993\"}]}")
              .body();
      assertThat(found).contains("\"loan_id\":\"9007199254740993\"", "0.25");
    }
  }
}
