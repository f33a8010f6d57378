package io.paritree.model.command;

import io.paritree.ModelException;
import io.paritree.model.golden.GoldenRecords;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.Provenance;
import io.paritree.model.rows.CsvRows;
import io.paritree.model.rows.FaultSummary;
import io.paritree.model.rows.InputException;
import io.paritree.model.seal.GoldenChoice;
import io.paritree.model.seal.NeverMissing;
import io.paritree.model.seal.Sealing;
import io.paritree.model.trainer.TrainerCheck;
import io.paritree.reasons.Importance;
import io.paritree.record.CsvLines;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What one reading of the rows that a model is sealed with has found.
 *
 * @param golden chosen from them
 * @param importance of the fields, if it was measured of any row
 * @param compared the scores with the trainer's predictions, if these were given
 * @param neverMissing features that no row lacked, if the trainer's predictions were given
 */
record GivenRows(
    GoldenRecords golden,
    Optional<FieldImportance> importance,
    Optional<Provenance.TrainerComparison> compared,
    List<String> neverMissing) {
  /** No block of rows is explained after this many. */
  private static final int MAX_IMPORTANCE_ROWS = 100_000;

  /** Returns what is known without rows. */
  static GivenRows none(GoldenRecords golden) {
    return new GivenRows(golden, Optional.empty(), Optional.empty(), List.of());
  }

  /**
   * Reads the rows once.
   *
   * @param file CSV with a header
   * @param expected the columns of it with the trainer's predictions; empty if there are none
   * @param measured receives the first rows; empty if no importance is wanted
   * @param notes receives sentences about the rows
   * @throws InputException if the schema accepts no row
   * @throws ModelException if the scores are not the trainer's
   */
  static GivenRows read(
      String file,
      List<String> expected,
      Sealing sealing,
      Optional<Importance> measured,
      Consumer<String> notes)
      throws Exception {
    Optional<TrainerCheck> check =
        expected.isEmpty()
            ? Optional.empty()
            : Optional.of(new TrainerCheck(expected, header(file), sealing));
    int fields = sealing.schema().fields().size();
    List<String> kept = new ArrayList<>();
    sealing.schema().fields().forEach(field -> kept.add(field.column()));
    kept.addAll(expected);
    check.ifPresent(trainer -> kept.addAll(trainer.others()));
    GoldenChoice choice = new GoldenChoice(sealing.schema());
    int width = sealing.schema().width();
    FaultSummary refused = new FaultSummary();
    NeverMissing present = new NeverMissing(sealing.schema());
    try (CsvRows csv = CsvRows.open(file, sealing.schema(), sealing.forest(), kept)) {
      for (int count = csv.next(); count > 0; count = csv.next()) {
        if (measured.isPresent() && measured.get().rows() < MAX_IMPORTANCE_ROWS) {
          measured.get().add(csv.slots(), count, row -> !csv.faults(row).isEmpty());
        }

        for (int row = 0; row < count; row++) {
          if (!refused.addIfRefused(csv, row)) {
            String[] cells = Arrays.copyOf(csv.cells(row), fields);
            choice.add(csv.slots(), row * width, cells);
            present.add(csv.slots(), row * width);
          }
        }

        if (check.isPresent()) {
          check.get().add(csv, count);
        }
      }
    }

    Optional<Provenance.TrainerComparison> compared = Optional.empty();
    if (check.isPresent()) {
      compared = Optional.of(check.get().result());
    }

    if (choice.isEmpty() && refused.rows() > 0) {
      throw new InputException(
          "Cannot seal with the rows of %s: the schema accepts none of its rows: %s"
              .formatted(file, refused.text()));
    }

    if (refused.rows() > 0) {
      notes.accept(
          "the schema refuses %s rows of %s: %s".formatted(refused.rows(), file, refused.text()));
    }

    return new GivenRows(
        choice.records(file),
        measured.filter(importance -> importance.rows() > 0).map(Importance::means),
        compared,
        compared.isPresent() ? present.names() : List.of());
  }

  private static List<String> header(String file) throws Exception {
    try (CsvLines lines = CsvRows.lines(file)) {
      return lines.columns();
    }
  }
}
