package io.paritree.serving.stored;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyColumn.Type;
import io.paritree.lookup.KeyForm;
import io.paritree.model.TestPackages;
import io.paritree.output.ReasonsForm;
import io.paritree.serving.Client;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import io.paritree.serving.StoredOutput;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stored reasons have the form of those that are computed on request. */
class StoredReasonsTest {
  private static final ReasonsForm FORM =
      new ReasonsForm(
          "up",
          Map.of("late", "1", "lost", "2"),
          Set.of("amount", "zip"),
          Set.of("express"),
          Map.of("address", List.of("city", "zip"), "price", List.of("amount")),
          Map.of("amount", "Amount is high"),
          Map.of("amount", "Amount is low"));

  private static final String STORED =
      ",\"columns\":{\"a\":1.50},\"label\":\"late\",\"stored_reasons\":["
          + "{\"field\":\"amount\",\"value\":\"12.0\",\"contribution\":0.5,\"code\":\"R1\"},"
          + "{\"field\":\"amount\",\"value\":null,\"contribution\":-0.25,\"code\":\"R2\"},"
          + "{\"field\":\"price\",\"value\":\"Infinity\",\"contribution\":0.25,\"code\":null},"
          + "{\"field\":\"express\",\"value\":\"true\",\"contribution\":0.125,\"code\":\"R3\"},"
          + "{\"field\":\"note\",\"value\":\"12\",\"contribution\":0.1,\"code\":null},"
          + "{\"field\":\"address\",\"value\":\"city=Ulm, zip=89073\",\"contribution\":0.1,\"code\":null}"
          + "],\"reasons_base\":-1.5,\"reasons_rest\":0.75,\"contribution_amount\":0.5";

  private static final String ANSWERED =
      "{\"base\":-1.5,\"rest\":0.75,\"direction\":\"up\",\"output\":\"1\",\"fields\":["
          + "{\"field\":\"amount\",\"value\":12.0,\"contribution\":0.5,\"code\":\"R1\",\"text\":\"Amount is high\"},"
          + "{\"field\":\"amount\",\"value\":null,\"contribution\":-0.25,\"code\":\"R2\",\"text\":\"Amount is low\"},"
          + "{\"field\":\"price\",\"value\":\"Infinity\",\"contribution\":0.25},"
          + "{\"field\":\"express\",\"value\":true,\"contribution\":0.125,\"code\":\"R3\"},"
          + "{\"field\":\"note\",\"value\":\"12\",\"contribution\":0.1},"
          + "{\"field\":\"address\",\"value\":{\"city\":\"Ulm\",\"zip\":89073},\"contribution\":0.1}]}";

  @TempDir Path directory;

  private static String members(String stored, ReasonsForm form, Numbers numbers) {
    return new String(StoredAnswer.members(stored.getBytes(UTF_8), form, numbers), UTF_8);
  }

  @Test
  void storedReasonsHaveTypedValuesAndTheWordsOfTheirCodes() {
    assertThat(members(STORED, FORM, Numbers.MIXED))
        .isEqualTo(
            ",\"columns\":{\"a\":1.50},\"label\":\"late\",\"contribution_amount\":0.5,\"reasons\":"
                + ANSWERED);
  }

  @Test
  void reasonsOfAnOlderRunHaveTheSameFormWithTheirValuesAsText() {
    assertThat(members(STORED, null, Numbers.MIXED))
        .contains(
            ",\"reasons\":{\"base\":-1.5,\"rest\":0.75,\"fields\":["
                + "{\"field\":\"amount\",\"value\":\"12.0\",\"contribution\":0.5,\"code\":\"R1\"},")
        .contains("{\"field\":\"address\",\"value\":\"city=Ulm, zip=89073\",")
        .doesNotContain("stored_reasons", "reasons_base", "reasons_rest");
  }

  @Test
  void rowWithoutReasonsHasNone() {
    String none = ",\"stored_reasons\":null,\"reasons_base\":null,\"reasons_rest\":null";

    assertThat(members(none, FORM, Numbers.MIXED)).isEmpty();
    assertThat(members(",\"label\":\"late\"" + none, FORM, Numbers.MIXED))
        .isEqualTo(",\"label\":\"late\"");
    assertThat(members(",\"columns\":{\"stored_reasons\":[1]}", FORM, Numbers.MIXED))
        .isEqualTo(",\"columns\":{\"stored_reasons\":[1]}");
  }

  @Test
  void valuesFollowTheRulesOfOtherStoredNumbers() {
    String large = STORED.replace("12.0", "9007199254740993");

    assertThat(members(large, FORM, Numbers.MIXED)).contains("\"value\":\"9007199254740993\",");
    assertThat(members(STORED, FORM, Numbers.TEXT))
        .contains(
            "\"value\":\"12.0\",\"contribution\":0.5,", "\"zip\":\"89073\"", "\"base\":-1.5,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "city=Ulm, zip=89073              | Ulm/89073",
        "city=, zip=                      | /",
        "city=Halle, Saale, zip=06108     | Halle, Saale/06108",
        "city=x, zip=1, zip=2             | ",
        "city=x                           | ",
        "town=x, zip=1                    | ",
      })
  void valueOfAGroupIsTakenApartOnlyIfThereIsOneWay(String text, String values) {
    assertThat(GroupText.values(text, List.of("city", "zip")).map(all -> String.join("/", all)))
        .isEqualTo(Optional.ofNullable(values));
  }

  @Test
  void everyWayToAStoredRowHasItsReasonsInTheSameMember() throws Exception {
    KeyForm keys = new KeyForm(List.of(new KeyColumn("loan_id", Type.INTEGER, 0)));
    StoredOutput output = new StoredOutput(directory.resolve("loans"), keys, 1);
    output.publish(
        "day=1",
        "parcel-late/1",
        rows -> {
          rows.setReasons(FORM);
          rows.add(List.of("1"), STORED, 0.25f);
        });
    String model = new TestPackages(directory.resolve("store")).binary().getParent().toString();
    String record = TestPackages.records(1).get(0);
    try (RunningServer serving =
            RunningServer.start(
                List.of(model),
                Map.of("scores.loans.output", '"' + output.path().toString() + '"'));
        Client client = new Client(serving.port())) {
      for (String answer :
          List.of(
              client.get("/v1/scores/loans/1").body(),
              client.get("/v1/scores/loans/1?day=1").body(),
              client.get("/v1/scores/loans/row?loan_id=1").body(),
              client.get("/v1/scores/loans/1/history").body(),
              client.post("/v1/scores/loans/lookup", "{\"keys\":[1]}").body(),
              client.post("/v1/scores/loans/1/compare", record).body())) {
        assertThat(answer).contains(",\"reasons\":" + ANSWERED).doesNotContain("stored_reasons");
      }

      Object now =
          JsonTree.object(client.post("/v1/models/parcel-late/score?reasons=1", record).body())
              .get("reasons");
      assertThat(now).asString().contains("base", "rest", "direction", "fields");
    }
  }
}
