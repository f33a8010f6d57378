package io.paritree.model.seal;

import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.Unseen;
import io.paritree.feature.VocabularyFeature;
import io.paritree.model.manifest.SealedValues;
import io.paritree.record.CsvCells;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Counts the values of rows that are missing or in no vocabulary. A night's rows are compared with
 * these counts. Not thread-safe.
 */
public final class ValueCounts {
  private final Schema schema;
  private final long[] missing;
  private final long[] unseen;
  private final Faults faults = new Faults();
  private long rows;

  public ValueCounts(Schema schema) {
    this.schema = schema;
    this.missing = new long[schema.width()];
    this.unseen = new long[schema.width()];
  }

  /**
   * Adds a row without faults.
   *
   * @param slots holds its slots from {@code at}
   * @param cells its cells, in the order of the schema's fields
   */
  public void add(float[] slots, int at, String[] cells) {
    rows++;
    for (int index = 0; index < cells.length; index++) {
      Field field = schema.fields().get(index);
      List<Feature> features = field.features();
      for (int feature = 0; feature < features.size(); feature++) {
        int slot = field.slot(feature);
        if (Float.isNaN(slots[at + slot])) {
          missing[slot]++;
        }

        if (features.get(feature) instanceof VocabularyFeature category
            && mayBeUnseen(category, slots[at + slot])) {
          unseen[slot] += unseen(category, cells[index]);
        }
      }
    }
  }

  /** Returns whether the slot can be of a value that is not in the vocabulary. */
  private static boolean mayBeUnseen(VocabularyFeature feature, float slot) {
    return feature.unseen() instanceof Unseen.Missing
        ? Float.isNaN(slot)
        : feature.unseen() instanceof Unseen.Category;
  }

  private long unseen(Feature feature, String cell) {
    byte[] utf8 = cell.getBytes(StandardCharsets.UTF_8);
    long before = faults.unseen();
    CsvCells.encode(feature, utf8, 0, utf8.length, faults);
    faults.clear();
    return faults.unseen() - before;
  }

  /** Returns the features that take missing values, of which no row had one. */
  public List<String> neverMissing() {
    return IntStream.range(0, missing.length)
        .filter(slot -> missing[slot] == 0)
        .mapToObj(schema.features()::get)
        .filter(feature -> feature.nullable() && !(feature instanceof OffsetFeature))
        .map(Feature::name)
        .toList();
  }

  /** Returns the counts; empty without rows. */
  public Optional<SealedValues> result() {
    Map<String, Long> missingByFeature = new LinkedHashMap<>();
    Map<String, Long> unseenByFeature = new LinkedHashMap<>();
    for (int slot = 0; slot < missing.length; slot++) {
      String name = schema.features().get(slot).name();
      missingByFeature.put(name, missing[slot]);
      unseenByFeature.put(name, unseen[slot]);
    }

    return rows == 0
        ? Optional.empty()
        : Optional.of(new SealedValues(rows, missingByFeature, unseenByFeature));
  }
}
