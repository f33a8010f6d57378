package io.paritree.model.seal;

import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.model.golden.GoldenRecords;
import io.paritree.model.manifest.Provenance;
import io.paritree.model.rows.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Chooses golden rows among the rows of a file, in one pass.
 *
 * <p>Chosen are, for each field, the first row without it, and for each feature the first rows with
 * different values; the rest is drawn at random from all rows, with a fixed seed. If no row lacks a
 * field that may be missing, a copy of a row without that field is added.
 */
public final class GoldenChoice {
  private static final long SEED = 20_260_102L;
  private static final int VALUES_PER_FEATURE = 3;

  private final Schema schema;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final List<Row> sample = new ArrayList<>();
  private final Map<Integer, Row> withoutField = new TreeMap<>();
  private final Map<Integer, Set<Float>> seenValues = new HashMap<>();
  private final List<Row> withNewValue = new ArrayList<>();
  private long rows;

  private record Row(long number, String[] cells) {}

  public GoldenChoice(Schema schema) {
    this.schema = schema;
  }

  /**
   * Considers a row without faults.
   *
   * @param slots holds its slots from {@code at}; not kept
   * @param cells its cells, one per field; kept
   */
  public void add(float[] slots, int at, String[] cells) {
    Row row = new Row(rows++, cells);
    for (int index = 0; index < schema.fields().size(); index++) {
      if (isMissing(schema.fields().get(index), slots, at)) {
        withoutField.putIfAbsent(index, row);
      }
    }

    for (int slot = 0; slot < schema.width(); slot++) {
      Set<Float> seen = seenValues.computeIfAbsent(slot, key -> new HashSet<>());
      boolean hasRoom = seen.size() < VALUES_PER_FEATURE && withNewValue.size() < wantedValues();
      if (hasRoom && seen.add(slots[at + slot])) {
        withNewValue.add(row);
      }
    }

    if (sample.size() < GoldenRecords.WANTED) {
      sample.add(row);
    } else {
      long place = random.nextLong(rows);
      if (place < sample.size()) {
        sample.set((int) place, row);
      }
    }
  }

  /** Returns whether no row was considered. */
  public boolean isEmpty() {
    return rows == 0;
  }

  private static int wantedValues() {
    return GoldenRecords.WANTED / 4;
  }

  private static boolean isMissing(Field field, float[] slots, int at) {
    for (int index = 0; index < field.features().size(); index++) {
      if (!Float.isNaN(slots[at + field.slot(index)])) {
        return false;
      }
    }

    return true;
  }

  /**
   * Returns the records of the chosen rows.
   *
   * @param origin names the file in messages
   * @throws InputException if there are none
   */
  public GoldenRecords records(String origin) throws InputException {
    Map<Long, Row> chosen = new TreeMap<>();
    withoutField.values().stream()
        .limit(GoldenRecords.WANTED / 2)
        .forEach(row -> chosen.put(row.number(), row));
    withNewValue.forEach(row -> chosen.put(row.number(), row));
    for (Row row : sample) {
      if (chosen.size() < GoldenRecords.WANTED) {
        chosen.put(row.number(), row);
      }
    }

    List<byte[]> records = new ArrayList<>();
    chosen.values().forEach(row -> addRecord(records, row, -1));
    if (!sample.isEmpty()) {
      addWithoutField(records);
    }

    if (records.isEmpty()) {
      throw new InputException(
          "Cannot choose golden rows in %s: the schema accepts none of its rows".formatted(origin));
    }

    return new GoldenRecords(records, Provenance.GoldenSource.ROWS);
  }

  private void addWithoutField(List<byte[]> records) {
    int added = 0;
    for (int index = 0; index < schema.fields().size(); index++) {
      boolean nullable = schema.fields().get(index).features().stream().allMatch(Feature::nullable);
      if (nullable && !withoutField.containsKey(index) && added < GoldenRecords.WANTED / 2) {
        addRecord(records, sample.get(added % sample.size()), index);
        added++;
      }
    }
  }

  /**
   * Adds a row's record, unless it was added before. It is not added either if the schema refuses
   * it: the schema accepted the row's CSV cells, but JSON distinguishes texts from numbers.
   */
  private void addRecord(List<byte[]> records, Row row, int without) {
    byte[] record = RowRecord.of(schema, row.cells(), without);
    if (GoldenRecords.admits(schema, record)
        && records.stream().noneMatch(other -> Arrays.equals(other, record))) {
      records.add(record);
    }
  }
}
