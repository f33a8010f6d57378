package io.paritree.model.rows;

import io.paritree.Fault;
import io.paritree.comparison.GatheredBlock;
import io.paritree.comparison.ModelPair;
import io.paritree.comparison.Side;
import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.model.ScoringModel;
import io.paritree.record.CsvLines;
import io.paritree.record.CsvRecords;
import io.paritree.record.RecordFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of a CSV file, encoded for each of two models. Not thread-safe. */
final class PairedRows implements AutoCloseable {
  /** The members of a key that is no column's. */
  static final List<String> PLACE = List.of("file", "line");

  private static final int MAX_ROWS = 4_096;
  private static final int MAX_VALUES = 1 << 22;

  private final ModelPair models;
  private final String origin;
  private final CsvLines lines;
  private final CsvRecords champion;
  private final CsvRecords challenger;
  private final int[] keys;
  private final int by;
  private final Faults faults = new Faults();

  private PairedRows(ModelPair models, String origin, CsvLines lines, List<String> keys, String by)
      throws InputException {
    this.models = models;
    this.origin = origin;
    this.lines = lines;
    this.champion = CsvRecords.ofSome(lines, models.champion().schema());
    this.challenger = CsvRecords.ofSome(lines, models.challenger().schema());
    for (Side side : Side.values()) {
      ScoringModel model = models.of(side);
      check(
          model.schema().fields().stream().map(Field::column).toList(),
          ", which %s reads".formatted(model.modelVersion()));
    }

    List<String> named = new ArrayList<>(keys);
    if (!by.isEmpty()) {
      named.add(by);
    }

    check(named, "");
    this.keys = keys.stream().mapToInt(lines::column).toArray();
    this.by = by.isEmpty() ? -1 : lines.column(by);
  }

  private void check(List<String> columns, String why) throws InputException {
    Optional<String> lacking = lines.lacking(columns);
    if (lacking.isPresent()) {
      throw new InputException(
          "Cannot read %s: its header has no column %s%s%s"
              .formatted(origin, lacking.get(), why, lines.otherSeparator()));
    }
  }

  /**
   * Opens a CSV file with a header.
   *
   * @param keys the columns that are the key of a row; none for its line
   * @param by the column whose values divide the rows; empty if they are not divided
   * @throws InputException if the file or a column is missing
   */
  static PairedRows open(ModelPair models, String path, List<String> keys, String by)
      throws InputException, IOException {
    CsvLines lines = CsvRows.lines(path);
    try {
      return new PairedRows(models, path, lines, keys, by);
    } catch (InputException e) {
      lines.close();
      throw e;
    }
  }

  /** Returns a block for rows of this file. */
  PairedBlock block() {
    int widest = 1;
    for (Side side : Side.values()) {
      ScoringModel model = models.of(side);
      int answered = Math.max(model.engine().outputs(), model.engine().scores());
      widest = Math.max(widest, Math.max(model.engine().width(), answered));
    }

    return new PairedBlock(models, capacity(widest));
  }

  private static int capacity(int widest) {
    return Math.max(1, Math.min(MAX_ROWS, MAX_VALUES / widest));
  }

  /** Reads the next rows into a block; there are none at the end of the file. */
  void read(PairedBlock block) throws InputException, IOException {
    block.clear();
    GatheredBlock.Rows rows = block.of(Side.CHAMPION);
    int capacity = rows.slots().length / rows.engine().width();
    try {
      while (block.rows() < capacity && lines.next()) {
        block.add(
            name(),
            read(champion, rows, block.rows()),
            read(challenger, block.of(Side.CHALLENGER), block.rows()));
      }
    } catch (RecordFormatException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  /** Reads the line as a row of a model; returns its faults. */
  private List<Fault> read(CsvRecords line, GatheredBlock.Rows to, int row) {
    faults.clear();
    line.read(to.slots(), to.at(row), faults);
    return faults.list();
  }

  private PairedBlock.Named name() {
    String slice = by < 0 ? "" : lines.text(by);
    if (keys.length == 0) {
      return new PairedBlock.Named(List.of(origin, String.valueOf(lines.number())), slice);
    }

    List<String> key = new ArrayList<>(keys.length);
    for (int column : keys) {
      key.add(lines.text(column));
    }

    return new PairedBlock.Named(key, slice);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
