package io.paritree.proof;

import io.paritree.feature.Field;
import io.paritree.model.ScoringModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Records of which one field or two have a value on which two ways to score could part; the others
 * are a natural record's. The same seed gives the same records. Not thread-safe.
 */
public final class AdversarialRecords {
  private static final int MOST_THRESHOLDS = 2_000;
  private static final int ONE_WITH_TWO = 4;

  private final List<Change> changes = new ArrayList<>();
  private final List<List<String>> allowed = new ArrayList<>();
  private final SplittableRandom random;
  private int next;

  private record Change(int field, String json) {}

  public AdversarialRecords(ScoringModel model, long seed) {
    this.random = new SplittableRandom(seed);
    List<Field> fields = model.schema().fields();
    int most = Math.max(1, MOST_THRESHOLDS / fields.size());
    EdgeValues values = new EdgeValues(model, most, random.nextLong());
    AllowedValues allowing = new AllowedValues(model.schema());
    for (int index = 0; index < fields.size(); index++) {
      int field = index;
      List<EdgeValue> edges = values.of(fields.get(field));
      edges.forEach(value -> changes.add(new Change(field, value.json())));
      allowed.add(allowing.of(field, edges.stream().map(EdgeValue::json).toList()));
    }

    Collections.shuffle(changes, new Random(random.nextLong()));
  }

  /** Returns how many records it takes until each value was tried. */
  public int values() {
    return changes.size();
  }

  /** Returns the next record, made of a natural one. */
  public TriedRecord next(TriedRecord natural) {
    Change change = changes.get(next);
    next = (next + 1) % changes.size();
    TriedRecord record = natural.with(change.field, change.json);
    if (random.nextInt(ONE_WITH_TWO) == 0) {
      Change other = changes.get(random.nextInt(changes.size()));
      record = record.with(other.field, other.json);
    }

    return record;
  }

  /** Returns a record in place of a natural one: each of its values is at an edge, and allowed. */
  public TriedRecord generated() {
    String[] values = new String[allowed.size()];
    for (int field = 0; field < values.length; field++) {
      List<String> possible = allowed.get(field);
      values[field] = possible.get(random.nextInt(possible.size()));
    }

    return new TriedRecord(values);
  }
}
