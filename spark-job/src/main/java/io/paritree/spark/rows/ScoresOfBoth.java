package io.paritree.spark.rows;

import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.files.ParquetFile;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.task.TaskPlan;
import io.paritree.spark.task.WrittenFile;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The scores of both models of each row and challenger, as a task writes them to a file of its own:
 * keys, {@link #PARTITION}, {@link #CHALLENGER}, what the challenger makes of the row, and what the
 * champion does. Not thread-safe.
 */
public final class ScoresOfBoth {
  /** The partition of the output that the row is in. */
  public static final String PARTITION = "partition";

  /** By which name the run calls the challenger. */
  public static final String CHALLENGER = "challenger";

  private static final String CHAMPION = "champion_";

  private final ParquetWriters writers;
  private final Path path;
  private final List<DataType> keys;
  private final Outputs outputs;
  private final UTF8String[] labels;
  private final UTF8String version;
  private final SpecificInternalRow row;
  private ParquetFile file; // null without rows

  /**
   * @param writers of the columns of {@link #columns}
   * @param path of the file
   */
  ScoresOfBoth(TaskPlan plan, ScoringModel champion, ParquetWriters writers, Path path) {
    this.writers = writers;
    this.path = path;
    this.keys = plan.keyTypes();
    this.outputs = champion.outputs();
    this.labels = ScoreFields.labels(champion);
    this.version = UTF8String.fromString(champion.modelVersion());
    List<StructField> fields = List.of(plan.output().columns().fields());
    this.row = new SpecificInternalRow(columns(fields.subList(0, keys.size()), champion));
  }

  /**
   * Adds a row that the champion has scored.
   *
   * @param key begins with the row's key
   */
  void add(
      String partition,
      InternalRow key,
      ChallengerRows challenger,
      ChallengerRows.Scored champion,
      int at) {
    int to = 0;
    for (DataType type : keys) {
      row.update(to, key.isNullAt(to) ? null : key.get(to, type));
      to++;
    }

    row.update(to++, UTF8String.fromString(partition));
    row.update(to++, challenger.name());
    to = challenger.write(champion, at, challenger.columns(outputs), row, to);
    int first = at * outputs.names().size();
    for (int score = 0; score < outputs.names().size(); score++) {
      row.setFloat(to++, champion.scores()[first + score]);
    }

    if (outputs.hasLabel()) {
      row.update(to++, labels[outputs.classIndex(champion.scores(), first)]);
    }

    row.update(to, version);
    file = file == null ? writers.open(path) : file;
    file.write(row);
  }

  /** Closes the file, if there is one. */
  List<WrittenFile> close(String attempt) {
    if (file == null) {
      return List.of();
    }

    file.close();
    return List.of(new WrittenFile(attempt + "/" + file.name(), "", file.rows(), file.sha256()));
  }

  /**
   * Returns the columns.
   *
   * @param keys the columns of the keys
   */
  public static StructType columns(List<StructField> keys, ScoringModel champion) {
    ScoreColumns scored = ScoreColumns.of(champion.outputs(), champion.engine().scores(), 0);
    StructType columns = new StructType();
    for (StructField key : keys) {
      columns = columns.add(key.name(), key.dataType());
    }

    columns = columns.add(PARTITION, DataTypes.StringType).add(CHALLENGER, DataTypes.StringType);
    return with(with(columns, scored, ""), scored, CHAMPION);
  }

  private static StructType with(StructType to, ScoreColumns scored, String before) {
    StructType all = to;
    for (String score : scored.scores()) {
      all = all.add(before + score, DataTypes.FloatType);
    }

    all = scored.hasLabel() ? all.add(before + ScoreColumns.LABEL, DataTypes.StringType) : all;
    return all.add(before + ScoreColumns.MODEL_VERSION, DataTypes.StringType);
  }
}
