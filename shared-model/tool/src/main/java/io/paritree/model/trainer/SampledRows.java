package io.paritree.model.trainer;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import io.paritree.model.seal.Sealing;
import io.paritree.record.CsvCells;
import io.paritree.xgboost.XgboostModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rows and counts of a file that show why predictions differ: some rows that differ and some
 * that do not, drawn at random with a fixed seed, and how often each category occurs.
 *
 * <p>Bounded, whatever the size of the file.
 */
final class SampledRows {
  private static final long SEED = 20_261_126L;
  private static final int MAX_ROWS = 500;
  private static final int LEAST_ROWS = 2;
  private static final int MAX_CELLS = 600_000;
  private static final long MAX_CHARACTERS = 1 << 25;
  private static final int MAX_CATEGORIES = 1_000;
  private static final int MAX_NAMES = 100;

  private final Sealing sealing;
  private final List<String> header;
  private final List<String> others;
  private final List<String> predictions;
  private final int[] fieldOf;
  private final int width;
  private final Map<String, Integer> places = new HashMap<>();
  private final Kept differing = new Kept();
  private final Kept equal = new Kept();
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Map<Integer, Map<String, Long>> categories = new LinkedHashMap<>();
  private final BitSet tested;
  private final int room; // for rows that differ, and for others
  private long characters;

  private static final class Kept {
    private final List<TrainerRow> rows = new ArrayList<>();
    private long seen;
  }

  /**
   * @param header the columns of the file, in its order
   * @param others the columns of the file that no feature reads and that hold no predictions; rows
   *     keep their cells
   * @param predictions the columns with the predictions
   */
  SampledRows(Sealing sealing, List<String> header, List<String> others, List<String> predictions) {
    this.sealing = sealing;
    this.predictions = List.copyOf(predictions);
    this.width = sealing.schema().modelWidth() + sealing.model().outputs();
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

    this.room =
        Math.max(
            LEAST_ROWS, Math.min(MAX_ROWS, MAX_CELLS / (schema.width() + schema.fields().size())));
    this.tested = tested(sealing.model(), width);
    for (int other = 0; other < others.size(); other++) {
      places.put(others.get(other), -1 - other);
    }

    for (int field = 0; field < schema.fields().size(); field++) {
      places.put(schema.fields().get(field).column(), field);
    }
  }

  /**
   * Adds a row that the schema accepts.
   *
   * @param isEqual whether the computed scores are its predictions
   */
  void add(TrainerRow row, boolean isEqual) {
    categories.forEach(
        (field, counts) -> {
          String cell = row.cells()[field];
          if (!cell.isEmpty() && (counts.size() < MAX_CATEGORIES || counts.containsKey(cell))) {
            counts.merge(cell, 1L, Long::sum);
          }
        });

    Kept kept = isEqual ? equal : differing;
    kept.seen++;
    long place = kept.rows.size() < room ? kept.rows.size() : random.nextLong(kept.seen);
    if (place < room && characters < MAX_CHARACTERS) {
      characters += characters(row);
      if (place == kept.rows.size()) {
        kept.rows.add(row);
      } else {
        kept.rows.set((int) place, row);
      }
    }
  }

  private static BitSet tested(XgboostModel model, int width) {
    float[][] thresholds = model.thresholds();
    BitSet tested = new BitSet();
    tested.set(model.width(), width); // offsets
    for (int slot = 0; slot < model.width(); slot++) {
      tested.set(
          slot, model.isLinear() || thresholds[slot].length > 0 || model.largestCode(slot) >= 0);
    }

    return tested;
  }

  private static long characters(TrainerRow row) {
    return Stream.of(row.cells(), row.others())
        .flatMap(Arrays::stream)
        .mapToLong(String::length)
        .sum();
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

  List<String> header() {
    return header;
  }

  List<String> others() {
    return others;
  }

  /** Returns the index of the field that a feature reads. */
  int field(int feature) {
    return fieldOf[feature];
  }

  /** Returns the kept rows: first the differing ones, then the equal ones. */
  List<TrainerRow> rows() {
    List<TrainerRow> all = new ArrayList<>(differing.rows);
    all.addAll(equal.rows);
    return all;
  }

  /** Returns the number of {@link #rows} that differ. */
  int differing() {
    return differing.rows.size();
  }

  /** Returns the texts of a category's cells in the order of their first appearance. */
  Map<String, Long> categories(int feature) {
    return categories.getOrDefault(field(feature), Map.of());
  }

  /** Returns whether scores depend on a slot: a tree tests it, or it is an offset. */
  boolean isTested(int feature) {
    return tested.get(feature);
  }

  /** Returns a feature's name, quoted. */
  String named(int feature) {
    return "'" + Fault.printable(feature(feature).name()) + "'";
  }

  /** Returns the names of features, quoted, of many the first. */
  String named(Collection<Integer> features) {
    String names =
        features.stream().limit(MAX_NAMES).map(this::named).collect(Collectors.joining(", "));
    int more = features.size() - MAX_NAMES;
    return more > 0 ? "%s and %s more features".formatted(names, more) : names;
  }

  List<String> predictions() {
    return predictions;
  }

  /**
   * Returns the number of slots of a row here: the slots of the model, then one offset per output,
   * also where the schema has none.
   */
  int width() {
    return width;
  }

  /**
   * Returns slots as rows have them here. Where the schema has no offsets they are missing, which
   * means the model's base to {@link #engine}.
   *
   * @param slots as the schema has them
   */
  float[] slots(float[] slots) {
    float[] all = Arrays.copyOf(slots, width);
    float[] defaults = schema().offsetsWhereMissing();
    for (int slot = schema().modelWidth(); slot < width; slot++) {
      if (slot >= slots.length) {
        all[slot] = Float.NaN;
      } else if (Float.isNaN(all[slot])) {
        all[slot] = defaults[slot - schema().modelWidth()];
      }
    }

    return all;
  }

  /** Returns the forest of the first rounds, for rows with {@link #width} slots. */
  Forest forest(int end) {
    try {
      return asSealed(sealing.model().forest(range(end)));
    } catch (CorruptModelException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the first rounds. */
  Rounds range(int end) {
    return end == sealing.model().rounds() ? Rounds.ALL : new Rounds(end);
  }

  /**
   * Returns a forest for rows with {@link #width} slots, without offsets of its own, the scores of
   * which are calibrated.
   */
  Forest asSealed(Forest forest) {
    float[] base = new float[forest.outputs()];
    for (int output = 0; output < base.length; output++) {
      base[output] = forest.begin(new float[0], 0, 1, output);
    }

    return forest.withOffsets(base).withCalibration(sealing.outputs().calibration());
  }

  /** Returns a row's cell of a column; null if it is not kept. */
  String cell(TrainerRow row, String column) {
    Integer place = places.get(column);
    if (place == null) {
      return null;
    }

    return place < 0 ? row.others()[-1 - place] : row.cells()[place];
  }

  /** Returns a row's cell of the column that a feature reads. */
  String cell(TrainerRow row, int feature) {
    return row.cells()[fieldOf[feature]];
  }

  /** Writes the slot that a feature makes of a cell; returns false if it refuses the cell. */
  static boolean put(Feature feature, String cell, float[] slots, int at) {
    byte[] utf8 = cell.getBytes(StandardCharsets.UTF_8);
    Faults faults = new Faults();
    slots[at] = CsvCells.encode(feature, utf8, 0, utf8.length, faults);
    return faults.list().isEmpty();
  }

  /** Returns a text as JSON, in visible characters, whole. */
  static String json(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char unit : text.toCharArray()) {
      int type = Character.getType(unit);
      boolean isHidden =
          Character.isISOControl(unit)
              || type == Character.FORMAT
              || type == Character.LINE_SEPARATOR
              || type == Character.PARAGRAPH_SEPARATOR;
      if (isHidden) {
        json.append("\\u").append(HexFormat.of().toHexDigits(unit));
      } else {
        json.append(unit == '"' || unit == '\\' ? "\\" : "").append(unit);
      }
    }

    return json.append('"').toString();
  }
}
