package io.paritree.spark.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.NameList;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an audit has found out about a partition.
 *
 * @param partition its path below the output
 * @param of what is published there; empty if that is not known
 * @param proof the verdict
 * @param compared how many published rows were scored again
 * @param differing how many rows differ
 * @param differences how its files and the model differ, each in a sentence without its full stop
 * @param rows the first rows that differ
 * @param missing why rows were not scored again; empty if they were
 * @param notCompared columns of the published rows that were not compared
 * @param notes what else is to be known
 */
record PartitionProof(
    String partition,
    Optional<AuditedPartition> of,
    AuditVerdict proof,
    long compared,
    long differing,
    List<String> differences,
    List<RowDifference> rows,
    String missing,
    List<String> notCompared,
    List<String> notes) {
  PartitionProof {
    differences = List.copyOf(differences);
    rows = List.copyOf(rows);
    notCompared = List.copyOf(notCompared);
    notes = List.copyOf(notes);
  }

  /** Returns a partition of which something is missing before anything could be compared. */
  static PartitionProof unprovable(String partition, String missing) {
    return new PartitionProof(
        partition,
        Optional.empty(),
        AuditVerdict.UNPROVABLE,
        0,
        0,
        List.of(),
        List.of(),
        missing,
        List.of(),
        List.of());
  }

  /** Returns the verdict in words, with what it rests on. */
  String verdict() {
    return switch (proof) {
      case PROVED -> "proved" + butFor();
      case PROVED_BY_SAMPLE ->
          "proved by sample (%s of %s)%s"
              .formatted(compared, of.map(own -> own.rows().scored()).orElse(0L), butFor());
      case CONSISTENT -> "consistent (missing: %s)".formatted(missing);
      case DIFFERS -> "differs";
      case UNPROVABLE -> "unprovable (missing: %s)".formatted(missing);
    };
  }

  private String butFor() {
    return notCompared.isEmpty() ? "" : ", but for columns " + NameList.known(notCompared);
  }

  /** Returns whether all that is published was proved. */
  boolean isWhole() {
    return proof.isProved() && notCompared.isEmpty();
  }

  /** Returns the lines below the verdict. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(differences);
    rows.forEach(row -> lines.add(row.text()));
    if (differing > rows.size()) {
      lines.add("%s rows differ".formatted(differing));
    }

    if (proof == AuditVerdict.DIFFERS && !missing.isEmpty()) {
      lines.add("its rows were not scored again; missing: " + missing);
    }

    lines.addAll(notes);
    return lines;
  }

  /** Writes the members of its object. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("partition", partition);
    json.writeStringField("verdict", proof.word());
    if (of.isPresent()) {
      AuditedPartition own = of.get();
      json.writeStringField("run", own.run());
      json.writeStringField("modelVersion", own.model().version());
      json.writeStringField("modelDigest", own.model().digest());
      json.writeNumberField("read", own.rows().read());
      json.writeNumberField("scored", own.rows().scored());
      json.writeNumberField("quarantined", own.rows().quarantined());
      if (own.input().isPresent()) {
        json.writeStringField("input", own.input().get().path());
        JsonText.optional(json, "inputVersion", own.input().get().version());
      }
    }

    json.writeNumberField("compared", compared);
    json.writeNumberField("differing", differing);
    JsonText.array(json, "differences", differences, json::writeString);
    JsonText.objects(
        json,
        "rows",
        rows,
        row -> {
          json.writeStringField("key", row.key());
          JsonText.optional(json, "column", row.column());
          json.writeStringField("published", row.published());
          json.writeStringField("again", row.again());
        });
    JsonText.optional(json, "missing", missing);
    JsonText.array(json, "notCompared", notCompared, json::writeString);
    JsonText.array(json, "notes", notes, json::writeString);
  }
}
