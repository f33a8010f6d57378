package io.paritree.spark.audit;

import io.paritree.ModelException;
import io.paritree.model.RecordedModels;
import io.paritree.output.DataFile;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.files.Encryption;
import io.paritree.spark.input.HadoopPaths;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Looks at a partition once: its files, its model, its rows, in this order. */
final class PartitionAudit {
  private final SparkSession session;
  private final AuditQuery query;
  private final AuditedOutput output;
  private final RecordedModels models;
  private final RowCheck rows;
  private final FileDigests digests;
  private final boolean hidesValues;

  PartitionAudit(
      SparkSession session,
      AuditQuery query,
      AuditedOutput output,
      RecordedModels models,
      AuditScoring scoring) {
    this.session = session;
    this.query = query;
    this.output = output;
    this.models = models;
    this.rows = new RowCheck(session, query, scoring);
    this.digests = FileDigests.of(session);
    this.hidesValues = Encryption.isConfigured(HadoopPaths.settings(session));
  }

  /** What is known so far. */
  private static final class Found {
    private final List<String> differences = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private Optional<RowTally> tally = Optional.empty();
    private Optional<String> change = Optional.empty();
    private String missing = "";
  }

  PartitionProof look(AuditedPartition partition) throws ModelException, IOException {
    Found found = new Found();
    found.differences.addAll(digests.differences(session, partition.files()));
    for (String name : output.foreign(partition)) {
      found.differences.add("file %s is of no run, and readers see its rows".formatted(name));
    }

    long written = partition.files().stream().mapToLong(file -> file.written().rows()).sum();
    if (written != partition.rows().scored()) {
      found.differences.add(
          "its files have %s rows, and %s were scored"
              .formatted(written, partition.rows().scored()));
    }

    boolean hasDigests =
        partition.files().stream()
            .map(AuditedFile::written)
            .map(DataFile::sha256)
            .allMatch(Optional::isPresent);
    if (!hasDigests) {
      found.notes.add("its files have no digests, as earlier versions wrote none");
    }

    RecordedModels.Found model = models.find(partition.model().recorded());
    if (model instanceof RecordedModels.Found.Same same) {
      compare(partition, same, found);
    } else if (model instanceof RecordedModels.Found.Missing gone) {
      found.missing = gone.reason();
    } else if (model instanceof RecordedModels.Found.Replaced replaced) {
      found.differences.add(replaced.difference());
      found.missing = "the model %s".formatted(partition.model().version());
    }

    return proof(partition, found, hasDigests);
  }

  private void compare(AuditedPartition partition, RecordedModels.Found.Same model, Found found)
      throws ModelException, IOException {
    RowCheck.Result result;
    try {
      result =
          rows.compare(
              partition,
              output.rows(partition),
              output.quarantine(partition),
              model.files(),
              model.model());
    } catch (RefusedException e) {
      found.missing = e.getMessage();
      return;
    } catch (Exception e) { // Spark throws checked ones undeclared
      if (found.differences.isEmpty()) {
        throw e;
      }

      found.missing = "readable rows: " + Audit.reason(e);
      return;
    }

    RowTally tally = result.tally();
    found.tally = Optional.of(tally);
    found.change = result.change();
    if (query.isOfAll() && tally.published() != partition.rows().scored()) {
      found.differences.add(
          "%s rows are published, and %s were scored"
              .formatted(tally.published(), partition.rows().scored()));
    }

    if (tally.repeated() > 0) {
      found.notes.add(
          "%s rows repeat a key; those of one key were compared in the order of their values"
              .formatted(tally.repeated()));
    }

    if (result.quarantine() == RowPairs.Known.COUNT) {
      found.notes.add("its quarantined rows were removed: they are counted, not compared");
    }

    if (!result.notCompared().isEmpty()) {
      found.notes.add("not compared: columns %s".formatted(result.notCompared()));
    }
  }

  private PartitionProof proof(AuditedPartition partition, Found found, boolean hasDigests) {
    RowTally tally = found.tally.orElse(new RowTally());
    List<String> counts = found.tally.isPresent() ? counts(partition, tally) : List.of();
    boolean isOther = tally.differing() > 0 || !counts.isEmpty();
    boolean isSameInput = found.change.isEmpty();
    AuditVerdict proof;
    if (!found.differences.isEmpty() || isOther && isSameInput) {
      proof = AuditVerdict.DIFFERS;
      found.differences.addAll(isSameInput ? counts : List.of());
    } else if (isOther) {
      found.missing = "the input: " + found.change.get();
      proof = hasDigests ? AuditVerdict.CONSISTENT : AuditVerdict.UNPROVABLE;
    } else if (found.tally.isPresent()) {
      proof = query.isOfAll() ? AuditVerdict.PROVED : AuditVerdict.PROVED_BY_SAMPLE;
    } else {
      proof = hasDigests ? AuditVerdict.CONSISTENT : AuditVerdict.UNPROVABLE;
    }

    boolean showsRows = isSameInput || proof == AuditVerdict.DIFFERS;
    List<RowDifference> shown = showsRows ? tally.first() : List.of();
    if (!showsRows) {
      found.notes.add("%s rows are others than what this input gives".formatted(tally.differing()));
    }

    return new PartitionProof(
        partition.partition(),
        Optional.of(partition),
        proof,
        tally.published(),
        showsRows ? tally.differing() : 0,
        found.differences,
        hidesValues ? shown.stream().map(RowDifference::hidden).toList() : shown,
        found.missing,
        found.notes);
  }

  /** Compares how many rows there are with what was counted when they were scored. */
  private List<String> counts(AuditedPartition partition, RowTally tally) {
    List<String> differences = new ArrayList<>();
    if (query.isOfAll()) {
      long read = tally.scored() + tally.faulty();
      if (read != partition.rows().read()) {
        differences.add(
            "the input has %s rows, and %s were read".formatted(read, partition.rows().read()));
      }

      if (tally.faulty() != partition.rows().quarantined()) {
        differences.add(
            "%s rows of the input cannot be scored, and %s were quarantined"
                .formatted(tally.faulty(), partition.rows().quarantined()));
      }
    }

    return differences;
  }
}
