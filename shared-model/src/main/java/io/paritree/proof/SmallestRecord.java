package io.paritree.proof;

import io.paritree.feature.Schema;
import io.paritree.proof.WayAnswers.Parting;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Makes a record on which two ways part as small as it gets: fields are left out, or get the
 * simplest value that is allowed, as long as the ways still part. Many smaller records are tried at
 * once, since some ways need seconds for any number of them.
 */
final class SmallestRecord {
  private static final int MOST_PAIRED = 64;
  private static final int MOST_TURNS = 200;

  private final Schema schema;
  private final Way one;
  private final Way other;
  private final List<List<String>> simplest;

  /**
   * A record on which two ways part.
   *
   * @param parting how
   */
  record Parted(TriedRecord record, Parting parting) {}

  SmallestRecord(Schema schema, Way one, Way other) {
    this.schema = schema;
    this.one = one;
    this.other = other;
    this.simplest = new AllowedValues(schema).simplest();
  }

  /**
   * Makes a record smaller.
   *
   * @param record on which the ways part
   */
  Parted of(Parted record) throws Exception {
    Parted smallest = record;
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      Optional<Parted> smaller = first(smaller(smallest.record));
      if (smaller.isEmpty()) {
        break;
      }

      smallest = smaller.get();
    }

    for (int turn = 0; turn < MOST_TURNS; turn++) {
      Optional<Parted> simpler = first(simpler(smallest.record));
      if (simpler.isEmpty()) {
        break;
      }

      smallest = simpler.get();
    }

    return smallest;
  }

  /** Returns the fields that have another value than the simplest one. */
  List<Integer> fields(TriedRecord record) {
    return IntStream.range(0, record.fields())
        .filter(field -> !isPlain(record, field))
        .boxed()
        .toList();
  }

  private boolean isPlain(TriedRecord record, int field) {
    return record.value(field).equals(simplest.get(field).get(0));
  }

  /** Returns records with fewer fields, those with the fewest first. */
  private List<TriedRecord> smaller(TriedRecord record) {
    List<Integer> fields = fields(record);
    Set<TriedRecord> smaller = new LinkedHashSet<>();
    smaller.add(keeping(record, List.of()));
    fields.forEach(field -> smaller.add(keeping(record, List.of(field))));
    if (fields.size() <= MOST_PAIRED) {
      for (int first : fields) {
        for (int second : fields) {
          if (first < second) {
            smaller.add(keeping(record, List.of(first, second)));
          }
        }
      }
    }

    for (int length = Math.max(1, fields.size() / 2); ; length /= 2) {
      for (int from = 0; from < fields.size(); from += length) {
        List<Integer> kept = new ArrayList<>(fields);
        kept.subList(from, Math.min(kept.size(), from + length)).clear();
        smaller.add(keeping(record, kept));
      }

      if (length <= 1) {
        break;
      }
    }

    smaller.remove(record);
    return List.copyOf(smaller);
  }

  private TriedRecord keeping(TriedRecord record, List<Integer> kept) {
    TriedRecord smaller = record;
    for (int field = 0; field < record.fields(); field++) {
      if (!kept.contains(field)) {
        smaller = smaller.with(field, simplest.get(field).get(0));
      }
    }

    return smaller;
  }

  /** Returns records one of whose fields has a simpler value. */
  private List<TriedRecord> simpler(TriedRecord record) {
    List<TriedRecord> simpler = new ArrayList<>();
    for (int field : fields(record)) {
      for (String value : simplest.get(field)) {
        if (value.equals(record.value(field))) {
          break;
        }

        simpler.add(record.with(field, value));
      }
    }

    return simpler;
  }

  private Optional<Parted> first(List<TriedRecord> records) throws Exception {
    TriedBlock block = TriedBlock.ofOthers(schema, records);
    WayAnswers expected = one.score(block);
    WayAnswers got = other.score(block);
    for (int index = 0; index < records.size(); index++) {
      if (got.inexpressible(index).isEmpty()) {
        Optional<Parting> parting = expected.parting(index, got, index);
        if (parting.isPresent()) {
          return Optional.of(new Parted(records.get(index), parting.get()));
        }
      }
    }

    return Optional.empty();
  }
}
