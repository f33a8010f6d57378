package io.paritree.spark.insight.audit;

import io.paritree.ModelException;
import io.paritree.NameList;
import io.paritree.model.RecordedModels;
import io.paritree.output.DataFile;
import io.paritree.spark.report.RefusedException;
import java.io.IOException;
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

  PartitionAudit(
      SparkSession session, AuditQuery query, AuditedOutput output, RecordedModels models) {
    this.session = session;
    this.query = query;
    this.output = output;
    this.models = models;
    this.rows = new RowCheck(session, query);
    this.digests = FileDigests.of(session);
  }

  /**
   * What one look has found.
   *
   * @param isCertain whether another look would find the same, whatever is published meanwhile
   */
  record Look(PartitionProof proof, boolean isCertain) {}

  Look look(AuditedPartition partition) throws ModelException {
    PartitionProof found = new PartitionProof(partition);
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

    found.conclude(query.isOfAll());
    return new Look(found, isRead && found.proof() != AuditVerdict.DIFFERS);
  }

  private void lookAtFiles(AuditedPartition partition, PartitionProof found) throws IOException {
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

  private void lookAtRows(AuditedPartition partition, PartitionProof found)
      throws RefusedException, ModelException, IOException {
    RecordedModels.Found model = models.find(partition.model());
    if (model instanceof RecordedModels.Found.Same same) {
      compare(partition, same, found);
    } else if (model instanceof RecordedModels.Found.Missing gone) {
      found.missing = gone.reason();
    } else if (model instanceof RecordedModels.Found.Replaced replaced) {
      found.differences.add(replaced.difference());
      found.missing = "the model %s".formatted(partition.model().version());
    }
  }

  private void compare(
      AuditedPartition partition, RecordedModels.Found.Same model, PartitionProof found)
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
    if (query.isOfAll()) {
      count(partition.rows(), counts, found);
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

  /** Compares how many rows there are with what was counted when they were scored. */
  private static void count(AuditedPartition.Rows rows, RowTally counts, PartitionProof found) {
    if (counts.published() != rows.scored()) {
      found.differences.add(
          "%s rows are published, and %s were scored".formatted(counts.published(), rows.scored()));
    }

    long read = counts.scored() + counts.faulty();
    if (read != rows.read()) {
      found.ofInput.add("the input has %s rows, and %s were read".formatted(read, rows.read()));
    }

    if (counts.faulty() != rows.quarantined()) {
      found.ofInput.add(
          "%s rows of the input cannot be scored, and %s were quarantined"
              .formatted(counts.faulty(), rows.quarantined()));
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
}
