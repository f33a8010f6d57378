package io.paritree.model;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A model that scikit-learn has calibrated, and what it predicts for rows: the files that {@code
 * calibrated/make.py} has made.
 */
public final class CalibratedRows {
  /** The name of the package. */
  public static final String NAME = "calibrated";

  private CalibratedRows() {}

  /**
   * A row, as texts that Python has written.
   *
   * @param slots of f0, f1 and f2; empty where missing
   * @param model what the model predicts without calibration
   * @param isotonic what it predicts with isotonic regression, which the package has
   */
  public record Row(List<String> slots, float model, float isotonic) {
    public String json() {
      List<String> values = slots.stream().map(slot -> slot.isEmpty() ? "null" : slot).toList();
      return "{\"f0\":%s,\"f1\":%s,\"f2\":%s}".formatted(values.toArray());
    }

    public Double slot(int feature) {
      return slots.get(feature).isEmpty() ? null : Double.valueOf(slots.get(feature));
    }
  }

  private static byte[] file(String name) throws IOException {
    try (InputStream in = CalibratedRows.class.getResourceAsStream("/calibrated/" + name)) {
      return in.readAllBytes();
    }
  }

  /** Writes the package {@code calibrated/1}: classes repaid and late, late above 0.25. */
  public static Path seal(TestPackages packages) throws IOException {
    String schema = new String(file("isotonic.json"), StandardCharsets.UTF_8);
    return packages.sealNumbers(NAME, 1, file("model.json"), schema);
  }

  /** Returns all rows, none of which the model was trained or calibrated on. */
  public static List<Row> all() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                CalibratedRows.class.getResourceAsStream("/calibrated/rows.csv"),
                StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).map(CalibratedRows::row).toList();
    }
  }

  private static Row row(String line) {
    List<String> cells = List.of(line.split(",", -1));
    return new Row(
        cells.subList(0, 3), Float.parseFloat(cells.get(3)), Float.parseFloat(cells.get(5)));
  }
}
