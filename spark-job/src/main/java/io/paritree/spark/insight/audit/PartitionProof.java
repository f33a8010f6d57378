package io.paritree.spark.insight.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.NameList;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an audit has found out about a partition, and what follows. Not thread-safe. */
final class PartitionProof {
  /** How its files and the model differ, each in a sentence without its full stop. */
  final List<String> differences = new ArrayList<>();

  /** The same of the input, which counts only if it is the one that was scored. */
  final List<String> ofInput = new ArrayList<>();

  /** Columns of the published rows that were not compared. */
  final List<String> notCompared = new ArrayList<>();

  /** What else is to be known. */
  final List<String> notes = new ArrayList<>();

  /** Of the rows that were scored again; empty if none were. */
  Optional<RowTally> counts = Optional.empty();

  /** What says that the input is not the one that was scored; empty if nothing does. */
  Optional<String> change = Optional.empty();

  /** Whether the run has written digests of all files. */
  boolean hasDigests;

  /** Why rows were not scored again; empty if they were. */
  String missing = "";

  private final String partition;
  private final Optional<AuditedPartition> of;
  private AuditVerdict proof = AuditVerdict.UNPROVABLE;
  private long differing;
  private List<RowDifference> rows = List.of();

  private PartitionProof(String partition, Optional<AuditedPartition> of) {
    this.partition = partition;
    this.of = of;
  }

  PartitionProof(AuditedPartition of) {
    this(of.partition(), Optional.of(of));
  }

  /** Returns a partition of which something is missing before anything could be compared. */
  static PartitionProof unprovable(String partition, String missing) {
    PartitionProof proof = new PartitionProof(partition, Optional.empty());
    proof.missing = missing;
    return proof;
  }

  /**
   * Says what follows from all that was found. Rows that differ say nothing of another input.
   *
   * @param isOfAll whether all rows were scored again
   */
  void conclude(boolean isOfAll) {
    RowTally tally = counts.orElse(RowTally.NONE);
    boolean isOther = tally.differing() > 0 || !ofInput.isEmpty();
    if (change.isEmpty()) {
      differences.addAll(ofInput);
    } else if (isOther && differences.isEmpty()) {
      missing = "the input: " + change.get();
      notes.add("%s rows are others than what this input gives".formatted(tally.differing()));
    }

    if (!differences.isEmpty() || isOther && change.isEmpty()) {
      proof = AuditVerdict.DIFFERS;
      differing = tally.differing();
      rows = tally.first();
    } else if (counts.isPresent() && !isOther) {
      proof = isOfAll ? AuditVerdict.PROVED : AuditVerdict.PROVED_BY_SAMPLE;
    } else {
      proof = hasDigests ? AuditVerdict.CONSISTENT : AuditVerdict.UNPROVABLE;
    }
  }

  /** Returns its path below the output. */
  String partition() {
    return partition;
  }

  /** Returns what is published there; empty if that is not known. */
  Optional<AuditedPartition> of() {
    return of;
  }

  AuditVerdict proof() {
    return proof;
  }

  private long compared() {
    return counts.orElse(RowTally.NONE).published();
  }

  /** Returns the verdict in words, with what it rests on. */
  String verdict() {
    return switch (proof) {
      case PROVED -> "proved" + butFor();
      case PROVED_BY_SAMPLE ->
          "proved by sample (%s of %s)%s"
              .formatted(compared(), of.map(own -> own.rows().scored()).orElse(0L), butFor());
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
      json.writeStringField("model_version", own.model().version());
      json.writeStringField("model_digest", own.model().digest());
      json.writeNumberField("read", own.rows().read());
      json.writeNumberField("scored", own.rows().scored());
      json.writeNumberField("quarantined", own.rows().quarantined());
      if (own.input().isPresent()) {
        json.writeStringField("input", own.input().get().path());
        JsonText.optional(json, "input_version", own.input().get().version());
      }
    }

    json.writeNumberField("compared", compared());
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
    JsonText.array(json, "not_compared", notCompared, json::writeString);
    JsonText.array(json, "notes", notes, json::writeString);
  }
}
