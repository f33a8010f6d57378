package io.paritree.spark.audit;

import io.paritree.ModelException;
import io.paritree.NameList;
import io.paritree.model.RecordedModels;
import io.paritree.output.DataFile;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.files.Encryption;
import io.paritree.spark.input.HadoopPaths;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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
      SparkSession session, AuditQuery query, AuditedOutput output, RecordedModels models) {
    this.session = session;
    this.query = query;
    this.output = output;
    this.models = models;
    this.rows = new RowCheck(session, query);
    this.digests = FileDigests.of(session);
    this.hidesValues = Encryption.isConfigured(HadoopPaths.settings(session));
  }

  /** What is known so far. */
  private static final class Found {
    private final List<String> differences = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> notCompared = new ArrayList<>();
    private Optional<RowTally> tally = Optional.empty();
    private Optional<String> change = Optional.empty();
    private String missing = "";
  }

  PartitionProof look(AuditedPartition partition) throws ModelException, IOException {
    return look(partition, "");
  }

  /**
   * Looks at a partition.
   *
   * @param unreadable why its rows cannot be compared; empty if that is not known yet
   */
  PartitionProof look(AuditedPartition partition, String unreadable)
      throws ModelException, IOException {
    Found found = new Found();
    found.differences.addAll(partition.contradictions());
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
    if (model instanceof RecordedModels.Found.Same same && unreadable.isEmpty()) {
      compare(partition, same, found);
    } else if (model instanceof RecordedModels.Found.Same) {
      found.missing = unreadable;
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
      Optional<Dataset<Row>> published = output.rows(partition);
      if (published.isPresent()) {
        List<String> lacking = rows.lacking(partition, published.get(), model.model());
        if (!lacking.isEmpty()) {
          found.differences.add(
              "its rows have no column %s, which the model gives"
                  .formatted(NameList.known(lacking)));
          found.missing = "columns of its rows";
          return;
        }
      }

      result =
          rows.compare(
              partition,
              published,
              output.quarantine(partition),
              model.files(),
              model.model(),
              challengers(partition, published, found));
    } catch (RefusedException e) {
      found.missing = e.getMessage();
      return;
    } catch (Exception e) { // Spark throws checked ones undeclared
      if (found.differences.isEmpty()) {
        throw e;
      }

      found.missing = Audit.unreadable(e);
      return;
    }

    RowTally tally = result.tally();
    found.tally = Optional.of(tally);
    found.change = change(result.input(), tally, partition);
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

    found.notCompared.addAll(result.notCompared());
  }

  /** Returns the models whose scores of the rows were published, too, as far as they are there. */
  private List<AuditedChallenger> challengers(
      AuditedPartition partition, Optional<Dataset<Row>> published, Found found)
      throws IOException {
    List<AuditedChallenger> challengers = new ArrayList<>();
    Map<String, AuditedPartition.Model> all =
        published.map(rows -> AuditedChallenger.of(partition, rows.schema())).orElse(Map.of());
    for (Map.Entry<String, AuditedPartition.Model> one : all.entrySet()) {
      Optional<String> failure =
          AuditedChallenger.failure(partition, one.getKey(), published.get());
      if (failure.isPresent()) {
        found.notes.add(
            "challenger %s: its scores are not complete: %s"
                .formatted(one.getKey(), failure.get()));
        continue;
      }

      RecordedModels.Found model = models.find(one.getValue().recorded());
      if (model instanceof RecordedModels.Found.Same same) {
        challengers.add(new AuditedChallenger(one.getKey(), same.files(), same.model()));
      } else {
        String reason =
            model instanceof RecordedModels.Found.Missing missing
                ? missing.reason()
                : ((RecordedModels.Found.Replaced) model).difference();
        found.notes.add("challenger %s: %s".formatted(one.getKey(), reason));
      }
    }

    return challengers;
  }

  /**
   * Returns what says that the input is another one than was scored. If it is not known which files
   * were, so does a row that is not in it, as files may have been removed.
   */
  private Optional<String> change(AuditedInput input, RowTally tally, AuditedPartition partition) {
    boolean mayLackFiles = input.identity() == AuditedInput.Identity.UNKNOWN;
    long read = tally.scored() + tally.faulty();
    if (input.change().isPresent() || !mayLackFiles) {
      return input.change();
    } else if (tally.unpaired() > 0 || query.isOfAll() && read != partition.rows().read()) {
      return Optional.of(
          "it is not recorded which files were scored, and %s"
              .formatted(
                  query.isOfAll()
                      ? "there were %s rows in them, where it has %s"
                          .formatted(partition.rows().read(), read)
                      : "it has other keys"));
    }

    return Optional.empty();
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
        found.notCompared,
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
