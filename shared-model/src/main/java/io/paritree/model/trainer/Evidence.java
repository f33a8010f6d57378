package io.paritree.model.trainer;

import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.model.seal.Sealing;
import io.paritree.record.CsvCells;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What is kept of a file to find out why predictions differ: some rows of each kind, drawn at
 * random with a fixed seed, and how often each category occurs.
 *
 * <p>Bounded, whatever the size of the file.
 */
final class Evidence {
  private static final long SEED = 20_261_126L;
  private static final int MAX_ROWS = 500;
  private static final int LEAST_ROWS = 4;
  private static final int MAX_CELLS = 400_000;
  private static final long MAX_CHARACTERS = 1 << 25;
  private static final int MAX_CATEGORIES = 1_000;

  private final Sealing sealing;
  private final List<String> header;
  private final List<String> others;
  private final int[] fieldOf;
  private final Kept differing;
  private final Kept equal;
  private final Kept refused;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Map<Integer, Map<String, Long>> categories = new LinkedHashMap<>();
  private long characters;

  private static final class Kept {
    private final List<TrainerRow> rows = new ArrayList<>();
    private long seen;
  }

  /**
   * @param header the columns of the file, in its order
   * @param others those of them that no feature reads and that hold no predictions, of which rows
   *     keep the cells
   */
  Evidence(Sealing sealing, List<String> header, List<String> others) {
    this.sealing = sealing;
    this.header = List.copyOf(header);
    this.others = List.copyOf(others);
    Schema schema = sealing.schema();
    this.fieldOf = new int[schema.width()];
    for (int feature = 0; feature < fieldOf.length; feature++) {
      fieldOf[feature] = schema.fieldIndex(schema.features().get(feature).column());
      if (schema.features().get(feature).kind().isCategory()) {
        categories.put(fieldOf[feature], new LinkedHashMap<>());
      }
    }

    this.differing = new Kept();
    this.equal = new Kept();
    this.refused = new Kept();
  }

  /** Considers a row. */
  void add(TrainerRow row) {
    categories.forEach(
        (field, counts) -> {
          String cell = row.cells()[field];
          if (!cell.isEmpty() && (counts.size() < MAX_CATEGORIES || counts.containsKey(cell))) {
            counts.merge(cell, 1L, Long::sum);
          }
        });

    Kept kept = row.equal() ? equal : differing;
    if (!row.faults().isEmpty()) {
      kept = refused;
    }

    kept.seen++;
    int room =
        Math.max(
            LEAST_ROWS,
            Math.min(MAX_ROWS, MAX_CELLS / (schema().width() + schema().fields().size())));
    if (kept.rows.size() < room && characters < MAX_CHARACTERS) {
      kept.rows.add(row);
      characters += characters(row);
    } else if (!kept.rows.isEmpty()) {
      long place = random.nextLong(kept.seen);
      if (place < kept.rows.size() && characters < MAX_CHARACTERS) {
        characters += characters(row) - characters(kept.rows.get((int) place));
        kept.rows.set((int) place, row);
      }
    }
  }

  private static long characters(TrainerRow row) {
    long sum = 0;
    for (String cell : row.cells()) {
      sum += cell.length();
    }

    for (String cell : row.others()) {
      sum += cell.length();
    }

    return sum;
  }

  Sealing sealing() {
    return sealing;
  }

  Schema schema() {
    return sealing.schema();
  }

  Feature feature(int index) {
    return schema().features().get(index);
  }

  /** Returns the columns of the file, in its order. */
  List<String> header() {
    return header;
  }

  /** Returns the columns that no feature reads. */
  List<String> others() {
    return others;
  }

  /** Returns the index of the field that a feature reads. */
  int field(int feature) {
    return fieldOf[feature];
  }

  /**
   * Returns the kept rows that the schema accepts: those that differ, then those that are equal.
   */
  List<TrainerRow> rows() {
    List<TrainerRow> all = new ArrayList<>(differing.rows);
    all.addAll(equal.rows);
    return all;
  }

  List<TrainerRow> refused() {
    return refused.rows;
  }

  /** Returns the texts of a category's cells in the order of their first appearance. */
  Map<String, Long> categories(int feature) {
    return categories.getOrDefault(field(feature), Map.of());
  }

  /** Returns the slot that a feature makes of a cell; NaN if it refuses the cell. */
  static float slot(Feature feature, String cell) {
    byte[] utf8 = cell.getBytes(StandardCharsets.UTF_8);
    return CsvCells.encode(feature, utf8, 0, utf8.length, new Faults());
  }
}
