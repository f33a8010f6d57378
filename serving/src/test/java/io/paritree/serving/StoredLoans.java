package io.paritree.serving;

import io.paritree.docs.Loans;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.golden.JsonRecord;
import io.paritree.output.StateDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The stored scores of the pages: what the job has published of {@link Loans}, with an index. */
final class StoredLoans {
  private static final String RECORD = "{\"amount\": 1200, \"purpose\": \"car\"}";
  private static final String FAULTS =
      "[{\"field\":\"purpose\",\"code\":\"unseen_category\",\"got\":\"\\\"yacht\\\"\","
          + "\"expected\":\"one of \\\"business\\\", \\\"car\\\", \\\"house\\\"\"}]";

  private static final String RUN = "loans-2026-11-24";

  private StoredLoans() {}

  /**
   * Publishes {@code data/loan_scores}: loan 4711 on both days, and on the second one loan {@link
   * Loans#REFUSED}, which could not be scored; and a report of the second night.
   *
   * @param directory where {@link Loans} are
   */
  static void publish(Path directory) throws Exception {
    StoredOutput output =
        new StoredOutput(
            directory.resolve("data/loan_scores"),
            new KeyForm(List.of(new KeyColumn("loan_id", KeyColumn.Type.INTEGER, 0))),
            1);
    ScoringModel model = Opening.open(directory + "/models/credit", EngineKind.FOREST);
    float[] slots = new float[model.engine().width()];
    float[] score = new float[1];
    JsonRecord.encode(model.schema(), RECORD.getBytes(StandardCharsets.UTF_8), slots, 0);
    model.engine().score(slots, 1, null, score);
    String label = score[0] > 0.25f ? "late" : "repaid";
    String members = ",\"columns\":{\"amount\":1200},\"label\":\"" + label + "\"";
    for (String day : Loans.DAYS) {
      output.publish(
          "day=" + day,
          model.modelVersion(),
          rows -> {
            rows.add(List.of("4711"), members, score[0]);
            if (day.equals(Loans.DAYS.get(1))) {
              rows.addQuarantined(List.of("" + Loans.REFUSED), FAULTS);
            }
          });
    }

    Path run = directory.resolve("data/_paritree/loan_scores/runs/" + RUN + "-5f0c21ab");
    Files.createDirectories(run);
    Files.write(
        run.resolve(StateDirectory.REPORT),
        Reports.published(RUN, "2026-11-25T02:11:09Z", List.of("day=2026-11-24")).toJson());
  }
}
