package io.paritree.proof;

import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.VocabularyFeature;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Values of fields that are no fault, the simplest ones first. Not thread-safe. */
final class AllowedValues {
  private static final List<String> SIMPLE =
      List.of(TriedRecord.ABSENT, "0", "1", "false", "\"2024-01-01T00:00:00\"");
  private static final int MOST_SIMPLE = 4;

  private final Schema schema;
  private final RecordEncoding encoding;
  private final float[] slots;

  AllowedValues(Schema schema) {
    this.schema = schema;
    this.encoding = new RecordEncoding(schema);
    this.slots = new float[schema.width()];
  }

  /**
   * Returns which values of a field are allowed, each once.
   *
   * @param others values to try beside simple ones, as JSON
   * @return one that is not if there is no other
   */
  List<String> of(int field, List<String> others) {
    Set<String> tried = new LinkedHashSet<>(SIMPLE);
    for (Feature feature : schema.fields().get(field).features()) {
      if (feature instanceof VocabularyFeature vocabulary) {
        Object first = vocabulary.vocabulary().get(0);
        tried.add(first instanceof String text ? TriedRecord.quoted(text) : first.toString());
      } else if (feature instanceof NumberFeature number && Float.isFinite(number.min())) {
        tried.add(Float.toString(number.min()));
      } else if (feature instanceof NumberFeature number && Float.isFinite(number.max())) {
        tried.add(Float.toString(number.max()));
      }
    }

    tried.addAll(others);
    List<String> allowed = tried.stream().filter(json -> isAllowed(field, json)).toList();
    return allowed.isEmpty() ? List.of(TriedRecord.ABSENT) : allowed;
  }

  /** Returns some allowed values of each field, the simplest first. */
  List<List<String>> simplest() {
    List<List<String>> simplest = new ArrayList<>();
    for (int field = 0; field < schema.fields().size(); field++) {
      simplest.add(of(field, List.of()).stream().limit(MOST_SIMPLE).toList());
    }

    return simplest;
  }

  private boolean isAllowed(int field, String json) {
    encoding.encode(TriedRecord.empty(schema.fields().size()).with(field, json), slots, 0);
    return !encoding.hasFault(schema.fields().get(field).column());
  }
}
