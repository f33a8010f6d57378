package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Sha256;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyColumn.Type;
import io.paritree.lookup.KeyForm;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server of a model and two outputs, for each test: {@code loans} by day, and {@code names}. */
abstract class ServedLoans {
  private static final String FAULTS =
      "[{\"field\":\"weight\",\"code\":\"missing_value\",\"got\":\"no value\",\"expected\":\"a value\"},"
          + "{\"field\":\"zone\",\"code\":\"wrong_type\",\"got\":\"secret\",\"expected\":\"a number\"}]";

  @TempDir Path directory;
  StoredOutput loans;
  private StoredOutput names;
  Path model;
  RunningServer serving;
  Client client;
  Client operator;

  @BeforeEach
  void publish() throws Exception {
    loans =
        new StoredOutput(
            directory.resolve("data/loan_scores"),
            new KeyForm(List.of(new KeyColumn("loan_id", Type.INTEGER, 0))),
            1);
    loans.publish(
        "day=2026-11-23",
        "parcel-late/1",
        rows -> {
          rows.add(List.of("4711"), ",\"label\":\"late\"", 0.25f);
          rows.add(List.of("1"), "", 0.5f);
          rows.add(List.of("9"), "", 0.125f);
        });
    loans.publish(
        "day=2026-11-24",
        "parcel-late/1",
        rows -> {
          rows.add(
              List.of("4711"), ",\"columns\":{\"amount\":12.50},\"label\":\"on_time\"", 0.7312f);
          rows.add(List.of("7"), "", 0.1f);
          rows.add(List.of("7"), "", 0.2f);
          rows.addQuarantined(List.of("9"), FAULTS);
        });
    names =
        new StoredOutput(
            directory.resolve("data/names"),
            new KeyForm(
                List.of(
                    new KeyColumn("branch", Type.TEXT, 0), new KeyColumn("loan", Type.TEXT, 0))),
            3);
    names.publish("", "parcel-class/1", rows -> rows.add(List.of("a/b", ""), "", 0.1f, 0.2f, 0.7f));
    start(Map.of());
  }

  /** Starts the server; it polls only when it is asked to. */
  void start(Map<String, String> more) throws Exception {
    Map<String, String> settings = new HashMap<>(more);
    settings.putIfAbsent("scores.loans.output", '"' + loans.path().toString() + '"');
    settings.put("scores.names.output", '"' + names.path().toString() + '"');
    settings.putIfAbsent("scores.poll", "0 s");
    settings.put("security.admin-tokens", "[" + Sha256.hex("admin".getBytes()) + "]");
    if (model == null) {
      model = new TestPackages(directory.resolve("store")).binary();
    }

    serving = RunningServer.start(List.of(model.getParent().toString()), settings);
    client = new Client(serving.port());
    operator = new Client(serving.managementPort());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    operator.close();
    serving.close();
  }

  final Answer reload() throws IOException {
    return operator.send("POST", "/admin/reload", new byte[0], "Authorization: Bearer admin\r\n");
  }

  /** Returns the code of the problem that an answer is, with this status. */
  static String problem(Answer answer, int status) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
    String type = String.valueOf(JsonTree.object(answer.body()).get("type"));
    return type.substring("urn:paritree:problem:".length());
  }
}
