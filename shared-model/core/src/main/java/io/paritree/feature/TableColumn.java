package io.paritree.feature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tables that share their pieces: from their slots it is seen what the value of their column
 * was, as far as a model can tell.
 *
 * <p>Values with the same slots in all tables are taken for the first of them. Immutable and
 * thread-safe.
 */
public final class TableColumn {
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final Pieces pieces;
  private final int[] slots;
  private final TableFeature[] tables;
  private final Map<Long, Integer> bySlots = new HashMap<>();

  private TableColumn(List<TableFeature> tables, int[] slots) {
    this.tables = tables.toArray(TableFeature[]::new);
    this.slots = slots;
    this.pieces = this.tables[0].pieces();
    for (int piece = Pieces.FIRST; piece < pieces.size(); piece++) {
      add(piece);
    }

    add(Pieces.UNSEEN);
  }

  private void add(int piece) {
    long key = 0;
    for (TableFeature table : tables) {
      if (table.refuses(piece)) {
        return;
      }

      key = key(key, table.slot(piece));
    }

    bySlots.putIfAbsent(key, piece);
  }

  private static long key(long before, float slot) {
    long key = (before ^ Float.floatToIntBits(slot)) * SPREAD;
    return key ^ key >>> 32;
  }

  /**
   * Returns the tables that a feature begins: it is the first of them, and no feature of another
   * kind has the values of its column in its own slot.
   *
   * @return empty unless the feature is such a table of listed values, or of steps of numbers
   */
  public static Optional<TableColumn> of(Schema schema, int slot) {
    if (!(schema.features().get(slot) instanceof TableFeature first) || !hasValues(first)) {
      return Optional.empty();
    }

    List<TableFeature> tables = new ArrayList<>();
    List<Integer> slots = new ArrayList<>();
    Field field = schema.fields().get(schema.fieldIndex(first.column()));
    for (int index = 0; index < field.features().size(); index++) {
      Feature feature = field.features().get(index);
      if (!(feature instanceof TableFeature) && feature.values() != Feature.Values.TIME) {
        return Optional.empty();
      }

      if (field.features().get(index) instanceof TableFeature table
          && table.pieces() == first.pieces()) {
        tables.add(table);
        slots.add(field.slot(index));
      }
    }

    return slots.get(0) == slot
        ? Optional.of(new TableColumn(tables, slots.stream().mapToInt(Integer::intValue).toArray()))
        : Optional.empty();
  }

  private static boolean hasValues(TableFeature table) {
    return table instanceof StepsFeature steps
        ? !steps.of().isTime()
        : table.values() != Feature.Values.ANY;
  }

  /** Returns whether the slots are those of steps, and not of listed values. */
  public boolean isOfSteps() {
    return pieces instanceof Cuts;
  }

  /** Returns the listed values of all tables, each once; the place of a value is its code. */
  public List<?> values() {
    return ((KnownValues) pieces).values();
  }

  /** Returns the least floats that are not below the cuts of all tables, ascending. */
  public float[] cuts() {
    float[] cuts = new float[pieces.size() - Pieces.FIRST - 1];
    int kept = 0;
    for (int cut = 0; cut < cuts.length; cut++) {
      float from = ((Cuts) pieces).from(cut);
      if (kept == 0 || from > cuts[kept - 1]) {
        cuts[kept++] = from;
      }
    }

    return Arrays.copyOf(cuts, kept);
  }

  /**
   * Returns what a row's value was: the code of a listed value, -1 for any other; of steps a number
   * within the step. NaN if it was missing.
   *
   * @param row slot s of the row is {@code row[at + s * stride]}
   */
  public float value(float[] row, int at, int stride) {
    long key = 0;
    for (int slot : slots) {
      key = key(key, row[at + slot * stride]);
    }

    int piece = bySlots.getOrDefault(key, Pieces.MISSING);
    if (piece == Pieces.MISSING) {
      return Float.NaN;
    }

    if (!isOfSteps()) {
      return piece - Pieces.FIRST < 0 ? -1 : piece - Pieces.FIRST;
    }

    Cuts cuts = (Cuts) pieces;
    int cut = piece - Pieces.FIRST - 1;
    if (cut >= 0) {
      return cuts.from(cut);
    }

    return pieces.size() > Pieces.FIRST + 1 ? Math.nextDown(cuts.from(0)) : 0;
  }
}
