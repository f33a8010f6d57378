package io.paritree.proof;

import io.paritree.feature.Schema;
import io.paritree.model.ScoringModel;
import io.paritree.model.golden.GeneratedRecords;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Records on which two ways to score could part. Their values are those of {@link
 * GeneratedRecords}, and some that formats read in their own ways or that schemas refuse. The same
 * seed gives the same records. Not thread-safe.
 */
public final class AdversarialRecords {
  private static final int ONE_ODD = 3;
  private static final int ONE_WITH_TWO = 4;
  private static final List<String> ODD =
      List.of(
          TriedRecord.ABSENT,
          "null",
          "true",
          "0",
          "-0.0",
          "1",
          "7",
          "0.5",
          "16777217",
          "3.4028235677973366e38",
          "-1e39",
          "1e999",
          "5e-324",
          "1.0000000000000000000000000000000000000000000000000000000000000001",
          "[1]",
          "{}",
          "\"\"",
          "\"7\"",
          "\"true\"",
          "\"(unseen)\"",
          "\"Z\u00fcrich \"",
          "\"2026-03-29T02:30:00\"",
          "\"2024-02-29T23:59:59.999999999Z\"",
          TriedRecord.quoted("x".repeat(65)));

  private final Schema schema;
  private final GeneratedRecords generated;
  private final SplittableRandom random;

  public AdversarialRecords(ScoringModel model, long seed) {
    this.schema = model.schema();
    this.random = new SplittableRandom(seed);
    this.generated = GeneratedRecords.of(schema, model.splits(), random.nextLong());
  }

  /** Returns the next record: another one, with one value or two in place of its own. */
  public TriedRecord next(TriedRecord natural) {
    TriedRecord record = changed(natural);
    return random.nextInt(ONE_WITH_TWO) == 0 ? changed(record) : record;
  }

  private TriedRecord changed(TriedRecord record) {
    int field = random.nextInt(schema.fields().size());
    boolean isOdd = random.nextInt(ONE_ODD) == 0;
    return record.with(field, isOdd ? ODD.get(random.nextInt(ODD.size())) : generated.value(field));
  }

  /** Returns a record in place of a natural one. */
  public TriedRecord generated() {
    String[] values = new String[schema.fields().size()];
    for (int field = 0; field < values.length; field++) {
      values[field] = generated.value(field);
    }

    return new TriedRecord(values);
  }
}
