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
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

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

  /**
   * What one look has found.
   *
   * @param isCertain whether another look would find the same, whatever is published meanwhile
   */
  record Look(PartitionProof proof, boolean isCertain) {}

  /** What is known so far. */
  private static final class Found {
    private final List<String> differences = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> notCompared = new ArrayList<>();
    private Optional<RowTally> counts = Optional.empty();
    private Optional<String> change = Optional.empty();
    private boolean hasDigests;
    private String missing = "";
  }

  Look look(AuditedPartition partition) throws ModelException {
    Found found = new Found();
    boolean isRead = true;
    try {
      lookAtFiles(partition, found);
      lookAtRows(partition, found);
    } catch (ModelException e) {
      throw e;
    } catch (RefusedException e) {
      found.missing = e.getMessage();
    } catch (Exception e) { // of files that are gone; Spark throws checked ones undeclared
      isRead = false;
      String message = String.valueOf(e.getMessage());
      found.missing = "rows that can be read: " + message.lines().findFirst().orElse("");
    }

    PartitionProof proof = proof(partition, found);
    return new Look(proof, isRead && proof.proof() != AuditVerdict.DIFFERS);
  }

  private void lookAtFiles(AuditedPartition partition, Found found) throws IOException {
    List<DataFile> written = partition.files().stream().map(AuditedFile::written).toList();
    found.differences.addAll(partition.contradictions());
    found.differences.addAll(digests.differences(session, partition.files()));
    for (String name : output.foreign(partition)) {
      found.differences.add("file %s is of no run, and readers see its rows".formatted(name));
    }

    long rows = written.stream().mapToLong(DataFile::rows).sum();
    if (rows != partition.rows().scored()) {
      found.differences.add(
          "its files have %s rows, and %s were scored".formatted(rows, partition.rows().scored()));
    }

    found.hasDigests = written.stream().map(DataFile::sha256).allMatch(Optional::isPresent);
    if (!found.hasDigests) {
      found.notes.add("its files have no digests, as earlier versions wrote none");
    }
  }

  private void lookAtRows(AuditedPartition partition, Found found)
      throws RefusedException, ModelException, IOException {
    RecordedModels.Found model = models.find(partition.model().recorded());
    if (model instanceof RecordedModels.Found.Same same) {
      compare(partition, same, found);
    } else if (model instanceof RecordedModels.Found.Missing gone) {
      found.missing = gone.reason();
    } else if (model instanceof RecordedModels.Found.Replaced replaced) {
      found.differences.add(replaced.difference());
      found.missing = "the model %s".formatted(partition.model().version());
    }
  }

  private void compare(AuditedPartition partition, RecordedModels.Found.Same model, Found found)
      throws RefusedException, ModelException, IOException {
    Optional<Dataset<Row>> published = output.rows(partition);
    ComparedColumns compared =
        ComparedColumns.of(
            partition, published.map(Dataset::schema).orElse(new StructType()), model.model());
    if (!compared.missing().isEmpty()) {
      found.differences.add(
          "its rows have no column %s, which the model gives"
              .formatted(NameList.known(compared.missing())));
      found.missing = "columns of its rows";
      return;
    }

    RowCheck.Result result =
        rows.compare(partition, published, compared, output.quarantine(partition), model);
    RowTally counts = result.rows();
    found.notCompared.addAll(compared.others());
    found.counts = Optional.of(counts);
    found.change = change(result.input(), counts, partition);
    if (query.isOfAll() && counts.published() != partition.rows().scored()) {
      found.differences.add(
          "%s rows are published, and %s were scored"
              .formatted(counts.published(), partition.rows().scored()));
    }

    if (counts.repeated() > 0) {
      found.notes.add(
          "%s rows repeat a key; those of one key were compared as a bag of rows"
              .formatted(counts.repeated()));
    }

    if (!result.knowsQuarantined()) {
      found.notes.add("its quarantined rows were removed: they are counted, not compared");
    }
  }

  /**
   * Returns what says that the input is another one than was scored. If it is not known which files
   * were, so does a row that is not in it, as files may have been removed.
   */
  private Optional<String> change(AuditedInput input, RowTally counts, AuditedPartition partition) {
    long read = counts.scored() + counts.faulty();
    if (input.change().isPresent() || input.isRecorded()) {
      return input.change();
    } else if (counts.unpaired() > 0 || query.isOfAll() && read != partition.rows().read()) {
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

  private PartitionProof proof(AuditedPartition partition, Found found) {
    RowTally counts = found.counts.orElse(RowTally.NONE);
    List<String> others = found.counts.isPresent() ? others(partition, counts) : List.of();
    boolean isOther = counts.differing() > 0 || !others.isEmpty();
    boolean isSameInput = found.change.isEmpty();
    AuditVerdict proof;
    if (!found.differences.isEmpty() || isOther && isSameInput) {
      proof = AuditVerdict.DIFFERS;
      found.differences.addAll(isSameInput ? others : List.of());
    } else if (isOther) {
      found.missing = "the input: " + found.change.get();
      proof = found.hasDigests ? AuditVerdict.CONSISTENT : AuditVerdict.UNPROVABLE;
    } else if (found.counts.isPresent()) {
      proof = query.isOfAll() ? AuditVerdict.PROVED : AuditVerdict.PROVED_BY_SAMPLE;
    } else {
      proof = found.hasDigests ? AuditVerdict.CONSISTENT : AuditVerdict.UNPROVABLE;
    }

    boolean showsRows = isSameInput || proof == AuditVerdict.DIFFERS;
    List<RowDifference> shown = showsRows ? counts.first() : List.of();
    if (!showsRows) {
      found.notes.add(
          "%s rows are others than what this input gives".formatted(counts.differing()));
    }

    return new PartitionProof(
        partition.partition(),
        Optional.of(partition),
        proof,
        counts.published(),
        showsRows ? counts.differing() : 0,
        found.differences,
        hidesValues ? shown.stream().map(RowDifference::hidden).toList() : shown,
        found.missing,
        found.notCompared,
        found.notes);
  }

  /** Compares how many rows there are with what was counted when they were scored. */
  private List<String> others(AuditedPartition partition, RowTally counts) {
    List<String> differences = new ArrayList<>();
    if (query.isOfAll()) {
      long read = counts.scored() + counts.faulty();
      if (read != partition.rows().read()) {
        differences.add(
            "the input has %s rows, and %s were read".formatted(read, partition.rows().read()));
      }

      if (counts.faulty() != partition.rows().quarantined()) {
        differences.add(
            "%s rows of the input cannot be scored, and %s were quarantined"
                .formatted(counts.faulty(), partition.rows().quarantined()));
      }
    }

    return differences;
  }
}
