package io.paritree.model;

import java.util.List;
import java.util.Random;

/** Random records for {@link TestPackages#tables}, with unseen and missing values. */
public final class TableRecords {
  static final String SCHEMA =
      """
      {"features": [
        {"name": "f0", "type": "mapped", "column": "purpose",
         "values": [["car", 80], ["tv", -40]], "other": 0, "if_missing": 15},
        {"name": "f1", "type": "mapped", "column": "purpose",
         "values": [["tv", 60], ["boat", null]], "other": -60},
        {"name": "f2", "type": "steps", "column": "income", "of": "double",
         "steps": [[null, -90], [0.1, -20], [1500.5, 45], [1e6, "reject"]], "if_missing": 5},
        {"name": "f3", "type": "mapped", "column": "income", "values": [], "other": -50,
         "if_missing": 50},
        {"name": "f4", "type": "mapped", "column": "opened", "of": "day_of_week",
         "values": [[6, 70], [7, 90]], "other": -30},
        {"name": "f5", "type": "steps", "column": "opened", "of": "local",
         "steps": [[null, -70], ["2024-03-01T00:00", 20], ["2024-09-01T00:00", 100]]},
        {"name": "f6", "type": "mapped", "column": "branch",
         "values": [[10, 30], [20, -10], [30, 99]], "other": "reject", "if_missing": 0},
        {"name": "f7", "type": "number", "column": "loan", "missing": [0], "if_missing": -25}]}""";

  private static final List<String> PURPOSES = List.of("car", "tv", "boat", "other", "Car", "");
  private static final int GAPS = 8; // one value in so many is missing

  private TableRecords() {}

  /**
   * A record.
   *
   * @param opened a date, as {@code yyyy-MM-dd}
   */
  public record Values(String purpose, Double income, String opened, Integer branch, Float loan) {
    /** Returns the record as JSON; a missing value is null. */
    public String json() {
      return "{\"purpose\":%s,\"income\":%s,\"opened\":%s,\"branch\":%s,\"loan\":%s}"
          .formatted(quoted(purpose), income, quoted(opened), branch, loan);
    }

    /** Returns the record as a line of CSV, in which the empty text would be missing. */
    public String csv() {
      return "%s,%s,%s,%s,%s"
          .formatted(cell(purpose), cell(income), cell(opened), cell(branch), cell(loan));
    }

    private static String quoted(String text) {
      return text == null ? "null" : "\"" + text + "\"";
    }

    private static String cell(Object value) {
      return value == null ? "" : String.valueOf(value);
    }
  }

  /** Returns a record that the model scores. */
  public static Values any(Random random) {
    double[] incomes = {0.1, Math.nextDown(0.1), 1500.5, 1500.4999, -3, 999_999};
    return new Values(
        random.nextInt(GAPS) == 0 ? null : PURPOSES.get(random.nextInt(PURPOSES.size() - 1)),
        random.nextInt(GAPS) == 0 ? null : incomes[random.nextInt(incomes.length)],
        random.nextInt(GAPS) == 0
            ? null
            : "2024-%02d-%02d".formatted(1 + random.nextInt(12), 1 + random.nextInt(28)),
        random.nextInt(GAPS) == 0 ? null : 10 * (1 + random.nextInt(3)),
        random.nextInt(GAPS) == 0 ? null : (float) random.nextInt(100));
  }
}
